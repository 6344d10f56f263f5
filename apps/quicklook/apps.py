from django.apps import AppConfig


class QuicklookConfig(AppConfig):
    """Quick-look data: light curves, background, spectra, variance, flare flag."""

    name = "apps.quicklook"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        """Tell the archive how to read the quick-look products."""
        from apps.core.registry import readers
        from apps.quicklook.ingest import READERS

        for title, reader in READERS.items():
            readers.register(reader.key, reader, title=title)
        self.register_panels()
        self.register_times()

    def register_times(self):
        """Answer the search box: a time leads to its light curves."""
        from apps.core.registry import related, search
        from apps.quicklook.feeds import find, links

        related.register("lightcurves", links, page="ancillary")
        search.register(
            "quicklook-times",
            find,
            examples={"A time, in UTC": ["2022-03-28T18:30", "28 Mar 2022", "2022/087", "2022-03"]},
        )

    def register_panels(self):
        """Rows of the light-curve page (the curves are always on), the picture of the home page."""
        from apps.core.registry import highlights, panels
        from apps.quicklook import managers, plots
        from apps.quicklook.lightcurve import LIGHTCURVE

        light, background = LIGHTCURVE, "ql-background"
        rows = (
            ("lc", managers.light_curves, "", plots.light_curves, light, "counts", ""),
            ("rcr", managers.regimes, "RCR", plots.regimes, light, "",
             "Rate control regime: which pixels count, and whether the attenuator is in (1 to 7)"),
            ("trig", managers.triggers, "Triggers", plots.triggers, light, "triggers",
             "Trigger counts of all detectors"),
            ("bkgm", managers.background, "Background", plots.background, background, "counts",
             "Background monitor: counts of detector 10 in the same bands"),
            ("var", managers.variance, "Variance", plots.variance, "ql-variance", "variance",
             "Variance of 40 samples of 0.1 s within each bin, 4–20 keV"),
            ("spec", managers.spectra, "Spectra", plots.spectra, "ql-spectra", "",
             "Quick-look spectra of one detector or of all summed, counts per exposure of 32 s; "
             "time good to a scan of 1024 s"),
            ("loc", managers.locations, "Location", plots.locations, "ql-flareflag", "",
             "Flare locations found on board (z circles, y squares) with the limb of the Sun "
             "(dashed, for STIX pointing at its centre), and the flare flag (blue: thermal 0 to 4, "
             "orange: non-thermal 0 to 2)"),
        )  # fmt: skip
        for key, part, title, draw, series, quantity, note in rows:
            panels.register(
                key, part, title=title, page="quicklook", figure=draw, series=series,
                quantity=quantity, note=note,
            )  # fmt: skip
        highlights.register(light, managers.newest_day, template="quicklook/_newest.html")
