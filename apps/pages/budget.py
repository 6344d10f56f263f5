"""How much a text may ask of Markdown: a length, and a time of work.

Python-Markdown looks from each opening bracket for its end, so a text of thousands of them takes
time by the square of their number. Everything else that grows so is stopped by the same measure.
"""

import time

from markdown.extensions import Extension

LONGEST = 50_000
"""Letters; the longest article of ours has a tenth of them."""

WORK_S = 0.5
"""Of the processor, for one text; an article takes a fiftieth of it."""


class TooMuchWork(ValueError):
    """A text that would take longer than its share."""


class Budget(Extension):
    """Looks at the clock before each step that Markdown takes.

    The clock is the processor's for this thread, so that a text is not refused because others
    were served meanwhile. It must be the last extension: it measures the steps of all.
    """

    def extendMarkdown(self, md):
        """Put the look at the clock before each block and each piece of a line."""
        self.until = time.thread_time() + WORK_S
        for block in md.parser.blockprocessors:
            block.test = self._measured(block.test)
        for pattern in md.inlinePatterns:
            pattern.handleMatch = self._measured(pattern.handleMatch)

    def _measured(self, step):
        def measured(*arguments):
            if time.thread_time() > self.until:
                raise TooMuchWork
            return step(*arguments)

        return measured
