"""All addresses: the apps' own, the REST interface, the admin, and the old portal's."""

from django.contrib import admin
from django.urls import include, path

from apps.ancillary.views import OldAncillary
from apps.archive.views import OldFileList
from apps.calibration.views import OldCalibration
from apps.housekeeping.views import OldHousekeeping
from apps.pages.views import home
from apps.quicklook.views import OldLightCurves
from stixportal import api

urlpatterns = [
    path("", home, name="home"),
    path("quicklook/", include("apps.quicklook.urls")),
    path("ancillary/", include("apps.ancillary.urls")),
    path("housekeeping/", include("apps.housekeeping.urls")),
    path("calibration/", include("apps.calibration.urls")),
    path("data/", include("apps.archive.urls")),
    path("accounts/", include("apps.accounts.urls")),
    path("search/", include("apps.search.urls")),
    path("", include("apps.status.urls")),
    path("", include("apps.pages.urls")),
    path("api/v1/", include((api.urlpatterns, "api"))),
    path("admin/", admin.site.urls),
    path("view/ancillary", OldAncillary.as_view(), name="old-ancillary"),
    path("view/ql/lightcurves", OldLightCurves.as_view(), name="old-lightcurves"),
    path("view/list/fits", OldFileList.as_view(), name="old-files"),
    path("view/list/fits/<str:start>/<str:span>", OldFileList.as_view(), name="old-files-range"),
    path("view/plot/lightcurves", OldLightCurves.as_view(), name="old-plot-lightcurves"),
    path("view/plot/housekeeping", OldHousekeeping.as_view(), name="old-housekeeping"),
    path(
        "view/plot/housekeeping/file/<str:number>",
        OldHousekeeping.as_view(),
        name="old-housekeeping-file",
    ),
    path("view/plot/calibration", OldCalibration.as_view(), name="old-calibration"),
    path(
        "view/plot/calibration/file/<int:pk>", OldCalibration.as_view(), name="old-calibration-file"
    ),
]

handler400 = "apps.core.views.bad_request"
handler403 = "apps.core.views.permission_denied"
handler404 = "apps.core.views.not_found"
handler500 = "apps.core.views.server_error"
