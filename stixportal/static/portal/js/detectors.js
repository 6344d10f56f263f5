// The detector plane: a pixel is chosen by click or keyboard, and the page is told.
// Arrows go to the next pixel in their direction; Page Up and Page Down to the detector before and after.
const PIXELS = 12, ALL = 384;
const AIM = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class Detectors {
  constructor(picture, chosen) {                            // chosen(flat) is called for each new choice
    this.picture = picture;
    this.chosen = chosen;
    this.pixels = [...picture.querySelectorAll("[role=option]")];
    picture.addEventListener("click", ({ target }) => { if (target.role === "option") this.choose(this.flat(target)); });
    picture.addEventListener("keydown", event => {
      const flat = this.next(event.key);
      if (flat === null || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      event.stopPropagation();
      this.choose(flat);
    });
  }

  flat(pixel) { return +pixel.id.slice(2); }
  get current() { return +this.picture.getAttribute("aria-activedescendant").slice(2); }

  choose(flat) {
    if (flat === this.current) return;
    this.pixels[this.current].setAttribute("aria-selected", "false");
    this.pixels[flat].setAttribute("aria-selected", "true");
    this.picture.setAttribute("aria-activedescendant", `p-${flat}`);
    const mark = this.picture.querySelector(".chosen");
    mark.setAttribute("d", this.pixels[flat].getAttribute("d"));
    mark.setAttribute("transform", this.pixels[flat].parentElement.getAttribute("transform"));
    this.chosen(flat);
  }

  next(key) {
    const { current } = this;
    if (key === "Home") return 0;
    if (key === "End") return ALL - 1;
    if (key === "PageDown") return Math.min(current + PIXELS, ALL - PIXELS + current % PIXELS);
    if (key === "PageUp") return Math.max(current - PIXELS, current % PIXELS);
    if (!(key in AIM)) return null;
    const [aimX, aimY] = AIM[key], [x, y] = this.centre(this.pixels[current]);
    let best = current, least = Infinity;
    for (const pixel of this.pixels) {
      const [toX, toY] = this.centre(pixel), ahead = (toX - x) * aimX + (toY - y) * aimY;
      const aside = Math.abs((toX - x) * aimY) + Math.abs((toY - y) * aimX), way = ahead + 3 * aside;
      if (ahead > .5 && way < least) { least = way; best = this.flat(pixel); }
    }
    return best;
  }

  centre(pixel) {
    const { left, top, width, height } = pixel.getBoundingClientRect();
    return [left + width / 2, top + height / 2];
  }
}
