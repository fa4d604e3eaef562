// Builds webapp/static/ from our sources and the npm packages; the output is reproducible.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";

const assets = dirname(fileURLToPath(import.meta.url));
const modules = join(assets, "node_modules");
const target = join(assets, "..", "static");
// Built in a separate folder and renamed at the end, so that a running site always has its files.
const out = join(modules, ".trackpulse-static");

/** The files of node_modules that the styles use; those of the scripts are found by the bundler. */
const STYLES = ["flowbite/plugin.js", "flowbite/src/themes/default.css", "tailwindcss/index.css"];
/** The kinds of charts, and the export, that Trackpulse does not use: ApexCharts creates them, but never calls them. */
const UNUSED = "charts/(BoxCandleStick|HeatMap|Pie|Radar|Radial|RangeBar|Treemap)|modules/Exports";

class BuildError extends Error {}

const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** The package of a path below node_modules. */
const packageOf = (path) => path.match(/^(@[^/]+\/)?[^/]+/)[0];

/** The checksum of the files that the build takes of each package. */
const listed = JSON.parse(readFileSync(join(assets, "vendor.json"), "utf8"));

/** Throws a BuildError if one of the packages is not installed. */
function checkInstalled() {
  const missing = [...Object.keys(listed), "esbuild"].find((name) => !existsSync(join(modules, name)));
  if (missing) throw new BuildError(`node_modules/${missing} is missing: run 'npm install' in webapp/assets first.`);
}

/** Throws a BuildError if files of a package have another checksum than the listed one. */
function check(paths) {
  for (const name of new Set(paths.map(packageOf))) {
    const taken = paths.filter((path) => packageOf(path) === name).sort();
    const found = sha256(taken.map((path) => `${path} ${sha256(readFileSync(join(modules, path)))}\n`).join(""));
    if (found !== listed[name]) {
      throw new BuildError(`node_modules/${name} has the sha256 ${found}, but vendor.json has ${listed[name]}.`);
    }
  }
}

const withoutUnused = {
  name: "without-unused",
  setup(build) {
    const unused = new RegExp(`/apexcharts/src/(${UNUSED})\\.js$`);
    build.onLoad({ filter: unused }, () => ({ contents: "export default class {}" }));
  },
};

/** Bundles the scripts: one for every page, and ApexCharts for pages with a chart. Returns the packages in them. */
async function scripts() {
  const { build } = await import("esbuild");
  const { metafile, outputFiles } = await build({
    absWorkingDir: assets,
    entryPoints: { app: "js/main.js", apexcharts: "js/apexcharts.js" },
    outdir: out,
    bundle: true,
    minify: true,
    target: "es2022",
    loader: { ".css": "text", ".svg": "text" },
    banner: { js: "/*! Third-party licences: licences.txt */" },
    plugins: [withoutUnused],
    metafile: true,
    write: false,
  });
  const paths = Object.keys(metafile.inputs).filter((path) => path.startsWith("node_modules/"));
  const taken = paths.map((path) => path.slice("node_modules/".length));
  check(taken);
  for (const { path, contents } of outputFiles) writeFileSync(path, contents);
  return taken;
}

function styles() {
  const cli = join(modules, "@tailwindcss", "cli", "dist", "index.mjs");
  const input = join(assets, "css", "app.css");
  execFileSync(process.execPath, [cli, "--input", input, "--output", join(out, "app.css"), "--minify"], {
    cwd: assets,
    stdio: ["ignore", "ignore", "inherit"],
  });
}

/** Writes the licences of the packages whose code is in the scripts and styles. */
function licences(paths) {
  const texts = [...new Set(paths.map(packageOf))].sort().map((name) => {
    const file = readdirSync(join(modules, name)).find((each) => /^licen[cs]e/i.test(each));
    return `${name}\n\n${readFileSync(join(modules, name, file), "utf8").trim()}\n`;
  });
  writeFileSync(join(out, "licences.txt"), texts.join(`\n${"-".repeat(80)}\n\n`));
}

/** Compresses every file, since the site sends no file of static/ that it has to compress first. */
function compress() {
  for (const name of readdirSync(out)) {
    const bytes = readFileSync(join(out, name));
    writeFileSync(join(out, `${name}.br`), brotliCompressSync(bytes));
    writeFileSync(join(out, `${name}.gz`), gzipSync(bytes, { level: 9 }));
  }
}

try {
  checkInstalled();
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  check(STYLES);
  licences([...STYLES, ...(await scripts())]);
  styles();
  cpSync(join(assets, "icon.svg"), join(out, "icon.svg"));
  compress();
  rmSync(target, { recursive: true, force: true });
  renameSync(out, target);
} catch (error) {
  if (!(error instanceof BuildError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
