// A drawn chart as a file: its SVGs under each other with a title and the names of the series, or the same as a PNG.

const MARGIN = 16;
const LINE = 22;
const SCALE = 2;
const STYLES = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "opacity", "font-family", "font-size", "font-weight", "text-anchor", "visibility", "display"];
const NAMESPACE = "http://www.w3.org/2000/svg";

function node(tag, attributes, text = "") {
  const made = document.createElementNS(NAMESPACE, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.textContent = text;
  return made;
}

/** A copy of an SVG that looks the same without the styles of the page; HTML within it is left out. */
function standalone(svg) {
  const copy = svg.cloneNode(true);
  const originals = svg.querySelectorAll("*");
  for (const [place, element] of [...copy.querySelectorAll("*")].entries()) {
    const shown = getComputedStyle(originals[place]);
    for (const name of STYLES) element.style.setProperty(name, shown.getPropertyValue(name));
  }
  for (const html of copy.querySelectorAll("foreignObject, .apexcharts-toolbar")) html.remove();
  return copy;
}

/** The names of the series with their colours. */
function series(figure) {
  return [...figure.querySelectorAll(".apexcharts-legend-series")].map((entry) => ({
    name: entry.querySelector(".apexcharts-legend-text").textContent,
    colour: entry.querySelector(".apexcharts-legend-marker").style.color || getComputedStyle(entry.querySelector(".apexcharts-legend-marker")).color,
  }));
}

function picture(figure, title) {
  const colours = getComputedStyle(document.body);
  const text = { "font-family": colours.fontFamily, fill: getComputedStyle(document.querySelector("h1")).color };
  const charts = [...figure.querySelectorAll("svg.apexcharts-svg")];
  const width = Math.max(...charts.map((svg) => svg.clientWidth)) + 2 * MARGIN;
  const whole = node("svg", { xmlns: NAMESPACE });
  const ground = whole.appendChild(node("rect", { width: "100%", height: "100%", fill: getComputedStyle(figure.closest(".card") ?? document.body).backgroundColor }));
  let y = MARGIN + 2 * LINE;
  whole.append(node("text", { ...text, x: MARGIN, y: y - LINE - 6, "font-size": 16, "font-weight": 600 }, title));
  whole.append(node("text", { ...text, x: MARGIN, y: y - 6, "font-size": 12 }, figure.querySelector("figcaption").textContent));
  let x = MARGIN;
  const legend = series(figure);
  for (const one of legend) {
    whole.append(node("circle", { cx: x + 5, cy: y + LINE - 10, r: 5, fill: one.colour }));
    const label = whole.appendChild(node("text", { ...text, x: x + 16, y: y + LINE - 6, "font-size": 12 }, one.name));
    x += 32 + 7 * label.textContent.length;
  }
  if (legend.length) y += LINE;
  for (const svg of charts) {
    const copy = standalone(svg);
    for (const [name, value] of Object.entries({ x: MARGIN, y, width: svg.clientWidth, height: svg.clientHeight })) copy.setAttribute(name, value);
    whole.append(copy);
    y += svg.clientHeight;
  }
  const source = `Trackpulse, data from SoundCharts, ${new Date().toISOString().slice(0, 10)}`;
  whole.append(node("text", { ...text, x: MARGIN, y: y + LINE - 6, "font-size": 11, opacity: 0.7 }, source));
  const height = y + LINE + MARGIN;
  for (const [name, value] of Object.entries({ width, height, viewBox: `0 0 ${width} ${height}` })) whole.setAttribute(name, value);
  ground.setAttribute("height", height);
  return { svg: new XMLSerializer().serializeToString(whole), width, height };
}

function save(url, name) {
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  link.click();
}

/** Saves the charts of a figure as a file of this kind, `svg` or `png`. */
export async function savePicture(figure, kind, title) {
  const { svg, width, height } = picture(figure, title);
  const name = `${title.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "").toLowerCase() || "chart"}.${kind}`;
  const url = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  if (kind === "svg") return save(url, name);
  const image = Object.assign(new Image(), { src: url });
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: width * SCALE, height: height * SCALE });
  const context = canvas.getContext("2d");
  context.scale(SCALE, SCALE);
  context.drawImage(image, 0, 0);
  save(canvas.toDataURL("image/png"), name);
}
