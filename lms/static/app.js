// Small helps for pages that work without this file: focus on a form's errors, one send per tap, showing a secret.
(function () {
  "use strict";
  var summary = document.querySelector("[data-focus]");
  if (summary) { summary.focus(); }

  // A second tap on a button that is already sending does nothing; the server would answer it the same way.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.dataset.sent) { event.preventDefault(); return; }
    if (form.method === "post") {
      form.dataset.sent = "1";
      window.setTimeout(function () { delete form.dataset.sent; }, 8000);
    }
  });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) { delete form.dataset.sent; });
  });

  var show = document.querySelector("[data-shows]");
  if (show) {
    show.closest("label").hidden = false;
    show.addEventListener("change", function () {
      document.querySelectorAll(show.dataset.shows).forEach(function (input) {
        input.type = show.checked ? "text" : "password";
      });
    });
  }

  document.querySelectorAll("[data-print]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () { window.print(); });
  });
})();
