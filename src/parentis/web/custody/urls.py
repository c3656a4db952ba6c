from parentis.web.custody import board_urls

urlpatterns = [*board_urls.urlpatterns]
