"use strict";
const table = document.getElementById("table");
const body = table.tBodies[0];
const rows = [...body.rows];
const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
const filter = document.getElementById("filter");
const shown = document.getElementById("shown");
filter.addEventListener("input", () => {
  const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  for (const row of rows) {
    const text = texts.get(row);
    row.hidden = !words.every((word) => text.includes(word));
    count += !row.hidden;
  }
  shown.textContent = `${count.toLocaleString("en")} of ${rows.length.toLocaleString("en")}`;
});
const order = new Intl.Collator("en", { numeric: true });
const heads = [...table.tHead.rows[0].cells];
heads.forEach((head, column) => {
  head.firstElementChild.addEventListener("click", () => {
    const first = head.dataset.first ?? "ascending";
    const other = first === "ascending" ? "descending" : "ascending";
    const way = head.getAttribute("aria-sort") === first ? other : first;
    for (const each of heads) each.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", way);
    const of = (row) => row.cells[column].dataset.sort ?? row.cells[column].textContent;
    const sign = way === "ascending" ? 1 : -1;
    const keyed = rows.map((row) => [of(row), row]);
    keyed.sort((one, other) => sign * order.compare(one[0], other[0]));
    body.append(...keyed.map((pair) => pair[1]));
  });
});
addEventListener("beforeprint", () => {
  for (const each of document.querySelectorAll(".keys details")) each.open = true;
});
