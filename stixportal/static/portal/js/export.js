// Saving what a plot shows: white paper, and a footer that says what it is.
import { element, token } from "./plot.js";

const room = ({ lines }) => 30 + 17 * lines.length;

export async function save(plot, kind, caption) {
  const root = document.documentElement, theme = root.dataset.theme;
  root.dataset.theme = "light";                             // set back before anything is painted
  plot.page.painted?.(token, plot);
  const layer = plot.view.export(kind, true);
  if (theme) root.dataset.theme = theme; else delete root.dataset.theme;
  plot.page.painted?.(token, plot);
  const blob = await layer.to_blob(), link = element("a", "");
  link.href = URL.createObjectURL(await (kind === "png" ? onPaper : withText)(blob, caption));
  link.download = `${caption.file}.${kind}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1e4);
}

async function onPaper(blob, caption) {
  const { title, lines } = caption;
  const picture = await createImageBitmap(blob), ratio = devicePixelRatio;
  const paper = new OffscreenCanvas(picture.width, picture.height + room(caption) * ratio), pen = paper.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, paper.width, paper.height);
  pen.drawImage(picture, 0, 0);
  pen.scale(ratio, ratio);
  pen.fillStyle = "#17202b";
  [title, ...lines].forEach((line, row) => {
    pen.font = `${row ? "" : "bold "}12px sans-serif`;
    pen.fillText(line, 12, picture.height / ratio + 16 + 17 * row, picture.width / ratio - 24);
  });
  return paper.convertToBlob({ type: "image/png" });
}

async function withText(blob, caption) {
  const { title, lines } = caption;
  const drawing = new DOMParser().parseFromString(await blob.text(), "image/svg+xml"), root = drawing.documentElement;
  const height = parseFloat(root.getAttribute("height"));
  root.setAttribute("height", height + room(caption));
  root.setAttribute("viewBox", `0 0 ${parseFloat(root.getAttribute("width"))} ${height + room(caption)}`);
  [title, ...lines].forEach((line, row) => {
    const text = drawing.createElementNS("http://www.w3.org/2000/svg", "text");
    for (const [name, value] of Object.entries({ x: 12, y: height + 16 + 17 * row, "font-size": 12, "font-family": "sans-serif", fill: "#17202b" })) text.setAttribute(name, value);
    text.textContent = line;
    root.append(text);
  });
  return new Blob([new XMLSerializer().serializeToString(drawing)], { type: "image/svg+xml" });
}
