from django.urls import include, path

from parentis.web.cases.register import views as register
from parentis.web.trials import allocation_views, analysis_views, card_views, design_views, protocol_views
from parentis.web.trials.case_types import TRIAL

_TRIAL = "protocols/<int:pk>/"
urlpatterns = [
    path("", card_views.start, name="trials-start"),
    path("design/", design_views.design, name="trials-design"),
    path("design/table.csv", design_views.design_csv, name="trials-design-csv"),
    path("design/simulate", design_views.simulate, name="trials-simulate"),
    path("cards/", card_views.cards, name="trials-cards"),
    path("cards.csv", card_views.cards_csv, name="trials-cards-csv"),
    path("cards.json", card_views.cards_json, name="trials-cards-json"),
    path("cards/<slug:reference>/<int:version>/", card_views.card, name="trials-card"),
    # Before the kind's own page of steps: freezing shows what is frozen.
    path(f"{_TRIAL}move/freeze", protocol_views.freeze, name="trial-freeze"),
    path(f"{_TRIAL}plan/<int:number>/", protocol_views.plan, name="trial-plan"),
    path(f"{_TRIAL}plan/<int:number>.json", protocol_views.plan_text, name="trial-plan-text"),
    path(f"{_TRIAL}allocation/", allocation_views.allocation, name="trial-allocation"),
    path(f"{_TRIAL}allocation/allocate", allocation_views.allocate, name="trial-allocate"),
    path(f"{_TRIAL}allocation/arms", allocation_views.arms, name="trial-arms"),
    path(f"{_TRIAL}allocation/reveal", allocation_views.reveal, name="trial-reveal"),
    path(f"{_TRIAL}allocation/log.csv", allocation_views.log_csv, name="trial-log"),
    path(f"{_TRIAL}analysis/", analysis_views.analysis, name="trial-analysis"),
    path(f"{_TRIAL}analysis/outcomes", analysis_views.outcomes, name="trial-outcomes"),
    path(f"{_TRIAL}analysis/run", analysis_views.run, name="trial-analyse"),
    path(f"{_TRIAL}analysis/<int:look>.csv", analysis_views.result_csv, name="trial-result-csv"),
    path("protocols/", include(register.urls(TRIAL))),
]
