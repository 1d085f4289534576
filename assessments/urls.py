from django.urls import path

from assessments import api, views

app_name = "assessments"
# Codes of domains and items are anybody's words, so they have a level of their own, beside no verb.
urlpatterns = [
    path("cohorts/<slug:code>/", views.overview, name="overview"),
    path("cohorts/<slug:code>/export/", views.export, name="export"),
    path("start/<uuid:enrollment>/<slug:milestone>/", views.start, name="start"),
    path("reviews/", views.reviews, name="reviews"),
    path("<uuid:public_id>/", views.detail, name="detail"),
    path("<uuid:public_id>/domains/<slug:code>/", views.domain, name="domain"),
    path("cohorts/<slug:cohort>/scores/", views.cohort_scores, name="cohort_scores"),
    path("cohorts/<slug:cohort>/rounds/<slug:milestone>/", views.comparison, name="comparison"),
    path("cohorts/<slug:cohort>/rounds/<slug:milestone>/freeze/", views.freeze, name="freeze"),
    path("cohorts/<slug:cohort>/rounds/<slug:milestone>/data/", api.comparison, name="comparison_data"),
    path("<uuid:public_id>/data/", api.results, name="results"),
    path("<uuid:public_id>/change/", views.change, name="change"),
    path("<uuid:public_id>/submit/", views.submit, name="submit"),
    path("<uuid:public_id>/reopen/", views.reopen, name="reopen"),
    path("<uuid:public_id>/alone/", views.alone, name="alone"),
    path("<uuid:public_id>/alone/finish/", views.finish_alone, name="finish_alone"),
    path("<uuid:public_id>/alone/pass/", views.pass_alone, name="pass_alone"),
    path("<uuid:public_id>/alone/domains/<slug:code>/", views.alone_domain, name="alone_domain"),
    path("<uuid:public_id>/alone/domains/<slug:code>/autosave/", views.alone_autosave, name="alone_autosave"),
    path("<uuid:public_id>/together/", views.together, name="together"),
    path("<uuid:public_id>/together/same/", views.take_unanimous, name="take_unanimous"),
    path("<uuid:public_id>/together/domains/<slug:code>/", views.take_domain, name="take_domain"),
    path("<uuid:public_id>/items/<slug:code>/", views.item, name="item"),
    path("<uuid:public_id>/items/<slug:code>/autosave/", views.item_autosave, name="item_autosave"),
    path("<uuid:public_id>/items/<slug:code>/evidence/", views.add_evidence, name="add_evidence"),
    path("<uuid:public_id>/evidence/<uuid:evidence>/", views.evidence, name="evidence"),
    path("<uuid:public_id>/evidence/<uuid:evidence>/remove/", views.remove_evidence, name="remove_evidence"),
    path("<uuid:public_id>/review/", views.review, name="review"),
    path("<uuid:public_id>/review/finish/", views.finish_review, name="finish_review"),
    path("<uuid:public_id>/review/domains/<slug:code>/", views.review_domain, name="review_domain"),
    path("<uuid:public_id>/review/domains/<slug:code>/autosave/", views.review_autosave, name="review_autosave"),
    path("<uuid:public_id>/report/", views.report_draft, name="report_draft"),
    path("reports/<uuid:public_id>/", views.report, name="report"),
    path("reports/<uuid:public_id>/edit/", views.report_edit, name="report_edit"),
    path("reports/<uuid:public_id>/autosave/", views.report_autosave, name="report_autosave"),
    path("reports/<uuid:public_id>/hand-over/", views.report_hand_over, name="report_hand_over"),
    path("reports/<uuid:public_id>/release/", views.report_release, name="report_release"),
    path("reports/<uuid:public_id>/send-back/", views.report_send_back, name="report_send_back"),
    path("reports/<uuid:public_id>/report.pdf", views.report_pdf, name="report_pdf"),
    path(
        "reports/<uuid:public_id>/releases/<int:number>/report.pdf", views.report_release_pdf, name="report_release_pdf"
    ),
]
