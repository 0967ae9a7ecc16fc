"""Which address of the API is answered by which view."""

from django.urls import path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from portal.api import (
    applications,
    forms,
    incidents,
    materials,
    open_tasks,
    places,
    processes,
    session,
    task_acts,
)
from portal.api.nowhere import Nowhere

app_name = "api"

urlpatterns = [
    path("login/", session.Login.as_view(), name="login"),
    path("logout/", session.Logout.as_view(), name="logout"),
    path("me/", session.Me.as_view(), name="me"),
    path("tasks/", open_tasks.Tasks.as_view(), name="tasks"),
    path("tasks/bulk-complete/", task_acts.BulkComplete.as_view(), name="bulk-complete"),
    path("tasks/<int:task_id>/", open_tasks.Task.as_view(), name="task"),
    path("tasks/<int:task_id>/claim/", task_acts.Claim.as_view(), name="claim"),
    path("tasks/<int:task_id>/release/", task_acts.Release.as_view(), name="release"),
    path("tasks/<int:task_id>/complete/", task_acts.Complete.as_view(), name="complete"),
    path("tasks/<int:task_id>/return/", task_acts.Return.as_view(), name="return"),
    path("tasks/<int:task_id>/hand-over/", task_acts.HandOver.as_view(), name="hand-over"),
    path("tasks/<int:task_id>/reroute/", task_acts.Reroute.as_view(), name="reroute"),
    path("tasks/<int:task_id>/draft/", task_acts.TaskDraft.as_view(), name="task-draft"),
    path("applications/", applications.Applications.as_view(), name="applications"),
    path("applications/<slug:number>/", applications.Application.as_view(), name="application"),
    path("applications/<slug:number>/timeline/", applications.ApplicationTimeline.as_view(), name="timeline"),
    path("applications/<slug:number>/withdraw/", applications.Withdraw.as_view(), name="withdraw"),
    path("applications/<slug:number>/resubmit/", applications.Resubmit.as_view(), name="resubmit"),
    path("drafts/<slug:process>/", forms.Draft.as_view(), name="draft"),
    path("forms/<slug:process>/", forms.Form.as_view(), name="form"),
    path("materials/", materials.Materials.as_view(), name="materials"),
    path("materials/<int:material_id>/", materials.Material.as_view(), name="material"),
    path("processes/", processes.Processes.as_view(), name="processes"),
    path("processes/lint/", processes.Lint.as_view(), name="lint"),
    path("processes/deploy/", processes.Deploy.as_view(), name="deploy"),
    path("processes/<slug:key>/versions/", processes.Versions.as_view(), name="versions"),
    path("processes/<slug:key>/versions/<int:number>/diagram/", processes.Diagram.as_view(), name="diagram"),
    path("incidents/", incidents.Incidents.as_view(), name="incidents"),
    path("incidents/<int:job_id>/retry/", incidents.Retry.as_view(), name="retry"),
    path("offices/", places.Offices.as_view(), name="offices"),
    path("provinces/", places.Provinces.as_view(), name="provinces"),
    path("divisions/", places.Divisions.as_view(), name="divisions"),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api:schema"), name="docs"),
    re_path("", Nowhere.as_view(), name="nowhere"),
]
