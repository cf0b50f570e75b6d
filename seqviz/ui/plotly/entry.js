"use strict";
// Plotly with the kinds of traces that seqviz draws, and no more.
const Plotly = require("plotly.js/lib/core");

Plotly.register([
  require("plotly.js/lib/bar"),
  require("plotly.js/lib/heatmap"),
  require("plotly.js/lib/image"),
  require("plotly.js/lib/table"),
]);

module.exports = Plotly;
