// The script of every page.

import htmx from "htmx.org";
import "./app.js";
import "./requests.js";
import "./drawings.js";
import "./picks.js";
import "./bulk.js";
import "./trail.js";
import "./search.js";
import "./dashboard.js";
import "./panels.js";
import "./polling.js";
import "./dates.js";

// The modules call it in events, which come later.
window.htmx = htmx;
