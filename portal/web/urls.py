"""The addresses of the pages."""

from django.urls import include, path

from portal.web import (
    applying,
    cases,
    correcting,
    files,
    home,
    inbox,
    incidents,
    many,
    processes,
    reviewing,
    sign_in,
)

urlpatterns = [
    path("", home.home, name="home"),
    path("login/", sign_in.SignIn.as_view(), name="login"),
    path("login/as/", sign_in.sign_in_as, name="sign_in_as"),
    path("logout/", sign_in.sign_out, name="logout"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/next/", inbox.take_next, name="inbox_next"),
    path("inbox/approve/", many.approve_many, name="approve_many"),
    path("inbox/<int:task_id>/", reviewing.task_page, name="task"),
    path("inbox/<int:task_id>/<str:act>/", reviewing.move_task, name="move_task"),
    path("apply/<str:process>/", applying.hub, name="apply"),
    path("apply/<str:process>/check/", applying.check_answers, name="apply_check"),
    path("apply/<str:process>/<str:section>/", applying.section_page, name="apply_section"),
    path("cases/<str:number>/", cases.case_page, name="case"),
    path("cases/<str:number>/submitted/", applying.submitted, name="submitted"),
    path("cases/<str:number>/withdraw/", cases.withdraw_page, name="withdraw"),
    path("cases/<str:number>/correct/", correcting.correct, name="correct"),
    path("cases/<str:number>/diagram.bpmn", files.diagram_of_case, name="case_diagram"),
    path("files/<int:material_id>/", files.picture, name="picture"),
    path("processes/", processes.processes, name="processes"),
    path("processes/deploy/", processes.deploy, name="deploy"),
    path("processes/<int:version_id>/", processes.version_page, name="version"),
    path("processes/<int:version_id>/diagram.bpmn", processes.diagram_of_version, name="version_diagram"),
    path("incidents/", incidents.incidents, name="incidents"),
    path("incidents/<int:job_id>/retry/", incidents.retry, name="retry"),
]
