"""What a page costs its reader: keystrokes, clicks and words, in seconds.

References
----------
Card, Moran, Newell, « The keystroke-level model for user performance time with
interactive systems », Communications of the ACM 23(7), 1980.
"""

from dataclasses import dataclass, field
from typing import Any

POINT_S, CLICK_S, KEY_S, THINK_S = 1.1, 0.2, 0.2, 1.35
WORDS_A_SECOND = 250 / 60

WORDS_UP_TO = """([from, to, mark]) => {
  const isSeen = (one) => one.checkVisibility({checkVisibilityCSS: true})
    && !one.closest('.invisible, [aria-hidden=true], svg');
  const [first, last] = [from, to].map((one) => document.querySelector(one));
  if (!first || !last) throw new Error(`nothing at ${first ? to : from}`);
  const range = document.createRange();
  range.setStartBefore(first);
  range.setEndAfter(last);
  const walker = document.createTreeWalker(
    range.commonAncestorContainer, NodeFilter.SHOW_TEXT);
  const texts = [];
  for (let node = walker.nextNode() ?? walker.currentNode; node;
       node = walker.nextNode()) {
    if (!range.intersectsNode(node) || !isSeen(node.parentElement)) continue;
    texts.push(node.textContent);
  }
  const said = texts.join(' ').replace(/\\s+/g, ' ');
  const at = mark ? said.indexOf(mark) : said.length;
  if (at < 0) throw new Error(`« ${mark} » is not in « ${said} »`);
  return said.slice(0, at + (mark ? mark.length : 0)).trim();
}"""
"""Text on the screen from an element to another, or to a mark that ends the answer."""


def words_in(text: str) -> int:
    """Count words: what letters or digits stand in, between spaces."""
    return sum(any(sign.isalnum() for sign in one) for one in text.split())


@dataclass
class Reader:
    """Who does a task on a page: each act is done for real, and costs time."""

    page: Any
    seconds: float = 0.0
    clicks: int = 0
    keys: int = 0
    words: int = 0
    read_texts: list[str] = field(default_factory=list)

    def think(self) -> None:
        """Prepare an act, or take in what is asked."""
        self.seconds += THINK_S

    def click(self, selector: str) -> None:
        """Think, point at a control and press."""
        self.think()
        self.page.click(selector)
        self._clicked()

    def choose(self, selector: str, value: str) -> None:
        """Open a list and press an item: two clicks."""
        self.click(selector)
        self.page.select_option(selector, value)
        self._clicked()

    def point(self, x: float, y: float) -> None:
        """Think, and move to a point."""
        self.think()
        self.page.mouse.move(x, y)
        self.seconds += POINT_S

    def press(self, key: str) -> None:
        """Press a key."""
        self.page.keyboard.press(key)
        self.keys += 1
        self.seconds += KEY_S

    def read(self, start: str, end: str = "", *, mark: str = "") -> str:
        """Read all that is seen from an element to another, or to a mark in it."""
        text: str = self.page.evaluate(WORDS_UP_TO, [start, end or start, mark])
        self.read_texts.append(text)
        self.words += words_in(text)
        self.seconds += words_in(text) / WORDS_A_SECOND
        return text

    def _clicked(self) -> None:
        self.clicks += 1
        self.seconds += POINT_S + CLICK_S
