"""The answer to an address that the API does not have."""

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request

from portal.api.view import View


@extend_schema(exclude=True)
class Nowhere(View):
    """No such address; the answer has the shape of every refusal."""

    permission_classes = (AllowAny,)

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        """Refuse whatever the method. Raises: Http404."""
        raise Http404
