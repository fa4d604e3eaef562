// The chart library, from its sources: the build leaves out what Trackpulse does not use.

import ApexCharts from "apexcharts/src/apexcharts.js";

window.ApexCharts = ApexCharts;
