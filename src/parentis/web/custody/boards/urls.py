from django.urls import path

from parentis.web.cases import pages
from parentis.web.custody.boards import views
from parentis.web.custody.case_types import KIND

urlpatterns = [
    path("", views.start, name="custody"),
    path("board/<slug:board>/", views.board, name="custody-board"),
    path("board/<slug:board>/rows", views.rows, name="custody-board-rows"),
    path("<int:pk>/", views.case_page, name="custody-case"),
    path("<int:pk>/who", views.who, name="custody-who"),
    path("<int:pk>/acknowledge", views.acknowledge, name="custody-acknowledge"),
    path("<int:pk>/answer", views.answer, name="custody-answer"),
    path("<int:pk>/hand-over", pages.move, {"kind": KIND, "move": "hand-over"}, name="custody-hand-over"),
    path("<int:pk>/return", pages.move, {"kind": KIND, "move": "return"}, name="custody-return"),
    path("<int:pk>/message", pages.comment, {"kind": KIND}, name="custody-message"),
    path("<int:pk>/news/<slug:what>", views.news, name="custody-news"),
    path("<int:pk>/withdraw", pages.move, {"kind": KIND, "move": "withdraw"}, name="custody-withdraw"),
    path("<int:pk>/certificate", views.certificate, name="custody-certificate"),
    path("<int:pk>/history", pages.whole_history, {"kind": KIND}, name="custody-history"),
]
