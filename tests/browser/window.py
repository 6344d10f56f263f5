"""What a journey asks of a page in the browser: faults, accessibility, width."""

from axe_playwright_python.sync_playwright import Axe


def expected(window):
    """Forget that the browser wrote the status of a page that is meant to be an error."""
    window.faults[:] = [fault for fault in window.faults if "status of 4" not in fault]


def violations(window):
    """What axe finds on the page, in its own words."""
    found = Axe().run(window.page, options={"resultTypes": ["violations"]})
    return [
        f"{rule['id']}: {node['html'][:120]}"
        for rule in found.response["violations"]
        for node in rule["nodes"]
    ]


def wider_than_the_screen(window):
    """Whether the page as a whole scrolls sideways."""
    return window.page.evaluate("document.documentElement.scrollWidth > innerWidth")
