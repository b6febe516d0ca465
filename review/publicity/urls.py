"""Addresses of publicity: what everybody reads, what people object to, what the office keeps."""

from django.urls import path

from review.publicity.views import handling, holidays, lists, notices, objecting, public

urlpatterns = [
    path("publicity/", public.public_lists, name="public_lists"),
    path("publicity/<slug:code>/", public.public_list, name="public_list"),
    path("publicity/<slug:code>/list.json", public.public_snapshot, name="public_snapshot"),
    path("publicity/<slug:code>/verify/", public.public_verify, name="public_verify"),
    path("publicity/<slug:code>/<int:position>/object/", objecting.object_new, name="object_new"),
    path("objections/", objecting.my_objections, name="my_objections"),
    path("objections/<slug:number>/", objecting.my_objection, name="my_objection"),
    path("objections/<slug:number>/take-back/", objecting.objection_take_back, name="objection_take_back"),
    path("objections/files/<uuid:key>/", objecting.objection_file, name="objection_file"),
    path("office/publicity/", lists.publicity_lists, name="publicity_lists"),
    path("office/publicity/new/", lists.publicity_new, name="publicity_new"),
    path("office/publicity/<int:pk>/", lists.publicity_list, name="publicity_list"),
    path("office/publicity/<int:pk>/edit/", lists.publicity_edit, name="publicity_edit"),
    path("office/publicity/<int:pk>/publish/", lists.publicity_publish, name="publicity_publish"),
    path("office/publicity/<int:pk>/withdraw/", lists.publicity_withdraw, name="publicity_withdraw"),
    path("office/publicity/<int:pk>/list.pdf", lists.publicity_pdf, name="publicity_pdf"),
    path("office/publicity/<int:pk>/notice/", notices.notice_issue, name="notice_issue"),
    path("office/publicity/<int:pk>/resume/", notices.notice_resume, name="notice_resume"),
    path("office/publicity/<int:pk>/notice.pdf", notices.notice_pdf, name="notice_pdf"),
    path("office/objections/", handling.objections, name="objections"),
    path("office/objections/<int:pk>/", handling.objection, name="objection"),
    path("office/objections/<int:pk>/decide/", handling.objection_decide, name="objection_decide"),
    path("office/holidays/", holidays.holidays, name="holidays"),
]
