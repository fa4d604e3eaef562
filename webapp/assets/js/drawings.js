// The only adapter for ApexCharts: draws every figure[data-drawing-url] and destroys it before htmx removes it.

const INTERVALS = { day: "", week: "Week from ", month: "Month from " };
const DAY = 24 * 3600 * 1000;
const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
// In longer ranges a date needs no day.
const MOST_DAYS = 180;
// In shorter ranges ApexCharts puts ticks on hours, and a single date at an arbitrary place.
const FEWEST_DAYS = 4;
const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");
const finePointer = matchMedia("(pointer: fine)");
const narrow = matchMedia("(max-width: 40rem)");

/** figure -> { abort, drawing, charts, index, timer, number }; a figure without an entry has been released. */
const views = new WeakMap();
let library = null;
let count = 0;

/** Loads ApexCharts when the first figure needs it. */
function loadLibrary() {
  library ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = document.querySelector('meta[name="apexcharts-url"]').content;
    script.onload = () => resolve(window.ApexCharts);
    script.onerror = () => {
      library = null;
      script.remove();
      reject(new Error("The chart library could not be loaded."));
    };
    document.head.append(script);
  });
  return library;
}

async function fetchDrawing(url, signal) {
  let response;
  try {
    response = await fetch(url, { headers: { Accept: "application/json" }, signal });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Error("The server could not be reached.");
  }
  const body = await response.json().catch(() => null);
  if (!response.ok) throw new Error(body?.error ?? `The server responded with status ${response.status}.`);
  if (!body) throw new Error("The server could not be reached."); // a proxy's login page, say
  return body;
}

/** The drawing that came with the figure, the first time; later that of its URL. */
function drawingOf(figure, signal) {
  const own = figure.querySelector("template");
  own?.remove();
  return own ? JSON.parse(own.content.textContent) : fetchDrawing(figure.dataset.drawingUrl, signal);
}

// Formats without a locale, so that a chart is the same for everyone.

function escapeText(text) {
  return String(text).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

function grouped(value) {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}

function signed(value) {
  return value < 0 ? `−${grouped(-value)}` : `+${grouped(value)}`;
}

function isoDay(milliseconds) {
  return new Date(milliseconds).toISOString().slice(0, 10);
}

/** The decimals, at most 3, that distinguish ticks of `step`. */
function decimalsOf(step) {
  return Math.min(Math.max(Math.ceil(-Math.log10(step) - 1e-9), 0), 3);
}

/** `value` in thousands, millions, billions or trillions, with as many decimals as distinguish `ticks`. */
function axisNumber(value, ticks) {
  const size = Math.abs(value);
  const minus = value < 0 ? "−" : "";
  const step = tickStep(value, ticks);
  // Counts have no fractions, but an axis whose ticks all lie between whole numbers needs them.
  if (size < 1000 && !Number.isInteger(value)) return ticks.filter(Number.isInteger).length > 1 ? "" : minus + size.toFixed(decimalsOf(step));
  if (size < 1000) return minus + size;
  const [unit, sign] = [[1e12, "T"], [1e9, "B"], [1e6, "M"], [1e3, "K"]].find(([least]) => size >= least);
  // Ticks that three decimals do not distinguish are written in full.
  if (step / unit < 0.001) return Number.isInteger(value) ? minus + grouped(size) : "";
  return `${minus}${(size / unit).toFixed(decimalsOf(step / unit))}${sign}`;
}

/** The ticks of the axis that has the tick `value`; none before the first scale. */
function ticksOf(chart, value) {
  return chart?.w.globals.yAxisScale.map((scale) => scale?.result ?? []).find((found) => found.includes(value)) ?? [];
}

/** The distance of ticks; the size of `value` if there are fewer than two. */
function tickStep(value, ticks) {
  return ticks.length > 1 ? ticks[1] - ticks[0] : Math.abs(value) || 1;
}

/** A tick of an index: the unit is a hundredth of the base of the series. */
function axisIndex(value, ticks) {
  return value.toFixed(decimalsOf(tickStep(value, ticks)));
}

/** A tick of an axis of powers of ten. */
function axisPower(value) {
  return axisNumber(10 ** value, []);
}

/** The lines on one point of one series: the server's text, or total (under its index), gain and fetch time. */
function facts(point) {
  if (point?.text) return { value: point.text, more: point.notes };
  if (point?.y == null) return { value: "no value", more: [] };
  const total = grouped(point.total);
  const gain = point.gain == null ? "no earlier value" : `gain ${signed(point.gain)}`;
  const fetched = point.fetched ? [`fetched ${point.fetched}`] : [];
  const more = [gain, ...fetched, ...point.notes];
  return point.index == null ? { value: total, more } : { value: point.index.toFixed(1), more: [total, ...more] };
}

/** The label of a point, and its events. */
function heading(view, index) {
  const [{ xaxis, series }] = view.drawing.charts;
  const { x } = series[0].data[index];
  const label = xaxis.type === "numeric" ? `Day ${x} since release` : INTERVALS[view.drawing.interval] + isoDay(x);
  return [label, ...view.drawing.events.filter((event) => event.x === x).map((event) => event.text)].join(", ");
}

function tooltip(view, chart, index) {
  const rows = chart.series.map((series, place) => {
    const { value, more } = facts(series.data[index]);
    const dot = `<svg viewBox="0 0 10 10"><circle cx="5" cy="5" r="5" fill="${chart.colors[place]}"/></svg>`;
    const lines = more.map((line) => `<div class="tip-more">${escapeText(line)}</div>`).join("");
    return `<div class="tip-series">${dot}<span>${escapeText(series.name)}</span><span>${value}</span></div>${lines}`;
  });
  return `<div class="tip"><strong>${escapeText(heading(view, index))}</strong>${rows.join("")}</div>`;
}

/** The tooltip as one sentence, for the line that is read aloud. */
function sentence(view, index) {
  const series = view.drawing.charts.flatMap((chart) => chart.series);
  const parts = series.map((one) => {
    const { value, more } = facts(one.data[index]);
    return `${one.name}: ${[value, ...more].join(", ")}`;
  });
  return `${heading(view, index)}. ${parts.join(". ")}`;
}

// Options: those of the server, plus functions and settings of the device.

function axis(options, live) {
  const write = options.powers ? axisPower : options.decimalsInFloat ? axisIndex : axisNumber;
  const formatter = (value) => (value == null ? "" : write(value, ticksOf(live.chart, value)));
  const title = narrow.matches ? {} : options.title;
  return { ...options, title, seriesName: options.seriesName.map(escapeText), labels: { formatter, minWidth: 44 } };
}

/** The formats of ticks: short dates, those of a new year with it, or days since a release. */
function tickFormat({ type, min, max, tickAmount }, live) {
  const long = max - min > MOST_DAYS * DAY;
  if (type === "numeric") return { formatter: (value) => String(Math.round(value)) };
  if (tickAmount) return { formatter: (value) => dayTick(value, tickAmount, live.chart?.w.globals ?? { minX: min, maxX: max }, long) };
  const month = long ? "MMM yyyy" : "d MMM";
  return { datetimeFormatter: { year: long ? month : "d MMM yyyy", month, day: "d MMM" } };
}

/** The tick of a day on an axis of equal steps; the last one has a day in long ranges too. */
function dayTick(value, steps, { minX, maxX }, long) {
  const step = (maxX - minX) / steps;
  const place = Math.round((value - minX) / step);
  // A phone is too narrow for more than half of them.
  if (narrow.matches && (steps - place) % 2) return "";
  const [day, month, year] = parts(value);
  if (long && place < steps) return `${month} ${year}`;
  const isNew = place > 0 && parts(value - step)[2] !== year;
  return `${day} ${month}${long || isNew ? ` ${year}` : ""}`;
}

function parts(milliseconds) {
  const date = new Date(milliseconds);
  return [date.getUTCDate(), MONTHS[date.getUTCMonth()], date.getUTCFullYear()];
}

/** The ends of the axis, with days around too few dates; where the server sets the ticks it sets the ends too. */
function ends({ type, min, max, tickAmount }) {
  const free = type === "datetime" && !tickAmount;
  const around = free ? Math.max(Math.ceil((FEWEST_DAYS - (max - min) / DAY) / 2), 0) * DAY : 0;
  return { min: min - around, max: max + around };
}

/** The range to zoom to: whole days, so many that every tick is a day. */
function wholeDays({ min, max }, { type, tickAmount }) {
  if (type === "numeric" || !tickAmount) return { min, max };
  const last = Math.round(max / DAY) * DAY;
  const days = Math.max(Math.ceil((last - min) / DAY / tickAmount), 1) * tickAmount;
  return { min: last - days * DAY, max: last };
}

/** On a phone the names of the value axes are above the chart, to save width. */
function namesAbove({ yaxis }) {
  const [left, right] = yaxis.map((one) => one.title.text);
  return element("p", "drawing-axes", right ? `Left: ${left}. Right: ${right}.` : left);
}

/** The name of a series and its newest value; the name is markup already. */
function legend(name, { data }) {
  const newest = data.findLast((point) => point.y != null);
  return newest ? `${name}: ${escapeText(facts(newest).value)}` : name;
}

function complete(figure, view, options, live) {
  const zoomable = finePointer.matches;
  return {
    ...options,
    chart: {
      ...options.chart,
      id: `chart-${++count}`,
      group: view.drawing.charts.length > 1 ? `group-${view.number}` : undefined,
      fontFamily: "inherit",
      background: "transparent",
      toolbar: { show: false },
      zoom: { ...options.chart.zoom, enabled: zoomable, type: "x", allowMouseWheelZoom: false },
      animations: { enabled: !reducedMotion.matches, speed: 250, animateGradually: { enabled: false } },
      events: {
        beforeZoom: (_, { xaxis }) => ({ xaxis: wholeDays(xaxis, options.xaxis) }),
        zoomed: (_, { xaxis }) => onZoom(figure, xaxis),
        scrolled: () => {},
      },
    },
    // ApexCharts inserts names as markup.
    series: options.series.map((series) => ({ ...series, name: escapeText(series.name) })),
    dataLabels: { enabled: false },
    grid: { strokeDashArray: 0, padding: { left: 4, right: 24 } },
    legend: {
      ...options.legend,
      position: "top",
      horizontalAlign: "left",
      formatter: (name, { seriesIndex }) => legend(name, options.series[seriesIndex]),
      onItemClick: { toggleDataSeries: false },
      onItemHover: { highlightDataSeries: false },
      markers: { size: 5, offsetX: -3, strokeWidth: 0 },
      itemMargin: { horizontal: 10 },
    },
    states: { hover: { filter: { type: "none" } }, active: { filter: { type: "none" } } },
    tooltip: {
      shared: true,
      intersect: false,
      custom: ({ dataPointIndex }) => tooltip(view, options, dataPointIndex),
    },
    xaxis: {
      ...options.xaxis,
      ...ends(options.xaxis),
      // The ticks that ApexCharts chooses for dates leave out the last day.
      type: options.xaxis.tickAmount ? "numeric" : options.xaxis.type,
      labels: { ...tickFormat(options.xaxis, live), hideOverlappingLabels: true, rotate: 0 },
      axisBorder: { show: false },
      tooltip: { enabled: false },
    },
    yaxis: options.yaxis.map((one) => axis(one, live)),
  };
}

function onZoom(figure, range) {
  figure.querySelector("[data-reset-zoom]").hidden = range?.min === undefined;
}

// States of a figure: loading, drawn, empty, failed.

function state(figure, name, ...content) {
  figure.dataset.state = name;
  const plot = figure.querySelector(".drawing-plot");
  plot.replaceChildren(...content);
  return plot;
}

function element(tag, className, text = "") {
  return Object.assign(document.createElement(tag), { className, textContent: text });
}

function fail(figure, message) {
  const box = element("div", "state state-failed");
  const retry = Object.assign(element("button", "button button-secondary", "Retry"), { type: "button" });
  retry.addEventListener("click", () => draw(figure));
  box.setAttribute("role", "alert");
  box.append(element("p", "", `The chart could not be drawn. ${message}`), retry);
  state(figure, "failed", box);
}

function empty(figure, message) {
  const box = element("div", "state");
  box.append(element("p", "state-title", "No data"), element("p", "muted", message));
  state(figure, "empty", box);
}

async function render(figure, view, ApexCharts) {
  const plot = state(figure, "drawn");
  for (const options of view.drawing.charts) {
    const live = {};
    if (narrow.matches) plot.append(namesAbove(options));
    const place = plot.appendChild(element("div", "chart-one"));
    live.chart = new ApexCharts(place, complete(figure, view, options, live));
    view.charts.push(live.chart);
    await live.chart.render();
    if (views.get(figure) !== view) return;
  }
}

/** Draws `figure` from the response of its URL; earlier requests for it are discarded. */
async function draw(figure) {
  release(figure);
  const view = { abort: new AbortController(), drawing: null, charts: [], index: -1, timer: 0, number: ++count };
  views.set(figure, view);
  state(figure, "loading", element("div", "skeleton"));
  try {
    const [drawing, ApexCharts] = await Promise.all([drawingOf(figure, view.abort.signal), loadLibrary()]);
    if (views.get(figure) !== view) return;
    view.drawing = drawing;
    if (drawing.empty) empty(figure, drawing.empty);
    else await render(figure, view, ApexCharts);
  } catch (error) {
    if (views.get(figure) === view) fail(figure, error.message);
  }
}

function release(figure) {
  const view = views.get(figure);
  views.delete(figure);
  view?.abort.abort();
  clearTimeout(view?.timer);
  for (const chart of view?.charts ?? []) chart.destroy();
}

// Arrow keys move between points: the tooltip shows there, and the line under the chart is read aloud.

// ApexCharts handles pointer moves less than 20 ms apart late, and sometimes in the wrong order.
const HOVER_PAUSE = 25;
const STEPS = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };

/** The index of the next point with a value, or the same one at the ends. */
function step(view, move) {
  const series = view.drawing.charts.flatMap((chart) => chart.series);
  const known = series[0].data.map((_, place) => place).filter((place) => series.some((one) => one.data[place].y != null));
  if (move === -Infinity) return known[0];
  if (move === Infinity || view.index < 0) return known.at(-1);
  const next = known.indexOf(view.index) + move;
  return known[Math.min(Math.max(next, 0), known.length - 1)];
}

/** Shows the chart's own tooltip over a point, like a pointer there. */
function hover(chart, milliseconds) {
  const { globals, dom = globals.dom } = chart.w;
  const svg = dom.Paper.node;
  const box = svg.getBoundingClientRect();
  const share = (milliseconds - globals.minX) / (globals.maxX - globals.minX);
  const clientX = box.left + globals.translateX + share * globals.gridWidth;
  const clientY = box.top + globals.translateY + globals.gridHeight / 2;
  svg.dispatchEvent(new MouseEvent("mousemove", { clientX, clientY }));
}

function walk(figure, event) {
  const view = views.get(figure);
  if (!(event.key in STEPS) || figure.dataset.state !== "drawn" || !view) return;
  event.preventDefault();
  view.index = step(view, STEPS[event.key]);
  figure.querySelector(".drawing-reading").textContent = sentence(view, view.index);
  const { x } = view.drawing.charts[0].series[0].data[view.index];
  clearTimeout(view.timer);
  view.timer = setTimeout(() => hover(view.charts[0], x), HOVER_PAUSE);
}

// Wiring.

function figures(root) {
  const inside = [...(root.querySelectorAll?.("figure[data-drawing-url]") ?? [])];
  return root.matches?.("figure[data-drawing-url]") ? [root, ...inside] : inside;
}

document.addEventListener("htmx:load", ({ detail }) => figures(detail.elt).forEach(draw));
document.addEventListener("htmx:beforeCleanupElement", ({ detail }) => {
  if (views.has(detail.elt)) release(detail.elt);
});
document.addEventListener("keydown", (event) => {
  const plot = event.target.closest?.(".drawing-plot");
  if (plot) walk(plot.closest("figure"), event);
});
document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-reset-zoom]");
  if (!button) return;
  const figure = button.closest("figure");
  for (const chart of views.get(figure)?.charts ?? []) chart.resetSeries();
  button.hidden = true;
});
