// Shows the questions that follow from an answer at once; without this file they appear after "keep and go on".

document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-asks]");
  if (!form || !event.target.matches("[data-decides]")) return;
  window.htmx?.ajax("POST", location.href, {
    source: form,
    target: "#questions",
    select: "#questions",
    swap: "outerHTML show:none focus-scroll:false",
    values: { ...Object.fromEntries(new FormData(form)), peek: "yes" },
  });
});
