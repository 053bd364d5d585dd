// Draws the figure that stands in the page as JSON; without this script the table beneath has the same figures.
"use strict";

(() => {
  const place = document.getElementById("chart");
  const json = document.getElementById("figure");
  if (!place || !json || !window.Plotly) return;
  const figure = JSON.parse(json.textContent);
  const dark = window.matchMedia("(prefers-color-scheme: dark)");

  const property = (name) => getComputedStyle(place).getPropertyValue(name).trim();
  // Colours stand in the figure as var(--name), so that the style sheet alone decides them.
  const colour = (text) => property(text.slice(4, -1));

  const axis = () => ({ gridcolor: property("--line"), zerolinecolor: property("--line"), color: property("--quiet"), automargin: true });

  const draw = () => {
    const data = figure.data.map((trace) => ({ ...trace, marker: { color: colour(trace.marker.color) } }));
    const layout = { ...figure.layout, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)" };
    layout.font = { family: getComputedStyle(place).fontFamily, size: 13, color: property("--ink") };
    layout.hoverlabel = { bgcolor: property("--surface"), bordercolor: property("--line"), font: { color: property("--ink") } };
    for (const name of ["xaxis", "yaxis", "xaxis2", "yaxis2"]) layout[name] = { ...layout[name], ...axis() };
    place.hidden = false;
    window.Plotly.react(place, data, layout, { displayModeBar: false });
  };

  draw();
  // Not Plotly's own "responsive", which hears of a narrower window, but not of larger text.
  new ResizeObserver(() => window.Plotly.Plots.resize(place)).observe(place);
  dark.addEventListener("change", draw);
})();
