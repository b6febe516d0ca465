/* Charts: each is drawn from the table of the same name, which stays in the page; colours come from the tokens. */
(() => {
  "use strict";

  const tones = ["--accent", "--ok", "--warn", "--public", "--bad"];
  const charts = [];
  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  const draw = (place) => {
    const table = document.getElementById(place.dataset.chart);
    const heads = [...table.tHead.rows[0].cells].slice(1);
    const rows = [...table.tBodies[0].rows];
    const stacked = "stacked" in place.dataset;
    const canvas = document.createElement("canvas");
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", table.caption.textContent);
    place.replaceChildren(canvas);

    const axis = { stacked, ticks: { color: token("--ink-2"), precision: 0 }, grid: { color: token("--line") } };
    const datasets = place.dataset.columns.split(",").map((text, order) => ({
      label: heads[Number(text)].textContent,
      data: rows.map((row) => Number(row.cells[Number(text) + 1].dataset.value)),
      backgroundColor: token(tones[order % tones.length]),
      maxBarThickness: 40,
    }));
    charts.push(new Chart(canvas, {
      type: "bar",
      data: { labels: rows.map((row) => row.cells[0].textContent), datasets },
      options: {
        animation: false,
        maintainAspectRatio: false,
        scales: { x: axis, y: { ...axis, beginAtZero: true } },
        plugins: { legend: { labels: { color: token("--ink") } } },
      },
    }));
  };

  const drawAll = () => {
    charts.splice(0).forEach((chart) => chart.destroy());
    document.querySelectorAll("[data-chart]").forEach(draw);
  };

  drawAll();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
  new MutationObserver(drawAll).observe(document.documentElement, { attributeFilter: ["data-theme"] });
})();
