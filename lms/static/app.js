// Small helps for pages that work without this file: focus on a form's errors, one send per tap, showing a secret.
(function () {
  "use strict";
  var summary = document.querySelector("[data-focus]");
  if (summary) { summary.focus(); }

  // A second tap on a button that is already sending does nothing; the server would answer it the same way.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (event.defaultPrevented) { return; }
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
    button.addEventListener("click", function () {
      // Pictures further down wait until somebody scrolls to them; paper needs them at once, but not for ever.
      var pictures = Array.from(document.images), left = 100;
      pictures.forEach(function (picture) { picture.loading = "eager"; });
      (function look() {
        if (!left-- || pictures.every(function (picture) { return picture.naturalWidth; })) window.print();
        else setTimeout(look, 100);
      })();
    });
  });

  // Buttons that only a browser without this script needs.
  document.querySelectorAll("[data-without-script]").forEach(function (part) { part.hidden = true; });

  // A name for one change, also where `randomUUID` is missing (old browsers, plain http).
  function newId() {
    if (crypto.randomUUID) { return crypto.randomUUID(); }
    var bytes = crypto.getRandomValues(new Uint8Array(16)), text = "";
    bytes[6] = bytes[6] & 15 | 64;
    bytes[8] = bytes[8] & 63 | 128;
    bytes.forEach(function (byte) { text += (byte + 256).toString(16).slice(1); });
    return text.replace(/(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }
  var device = newId(), count = 0;

  // Sends changed parts of a form to the form's own address, one after the other, until each has arrived. A part that
  // is sent again keeps its id, so it has one effect; a newer change of the same part replaces the older one. Only an
  // answer that can never be taken (409, 422) is given up, with the server's sentence; after a new sign-in in another
  // tab the rest goes on by itself, with the new token.
  function keeper(form) {
    var waiting = new Map(), refused = new Map(), busy = false, late = false, pause = 2000, timer = 0;
    function say(what, why) {
      document.querySelectorAll("[data-saving] [data-is]").forEach(function (chip) {
        chip.hidden = chip.dataset.is !== what;
      });
      if (why) { document.querySelector("[data-why]").textContent = why; }
    }
    function later(why) {
      say(why ? "bad" : "wait", why);
      clearTimeout(timer);
      timer = setTimeout(next, pause);
      pause = Math.min(pause * 2, 60000);
    }
    function next() {
      if (busy || !waiting.size) { return; }
      var part = waiting.keys().next().value, body = waiting.get(part);
      busy = true;
      fetch(form.action, {
        method: "POST", body: body, keepalive: true, headers: {"X-Requested-With": "sanggar"}
      }).then(function (reply) {
        return reply.json().then(function (answer) {
          busy = false;
          if (answer.csrf) {
            form.elements._csrf.value = answer.csrf;
            waiting.forEach(function (kept) { kept.set("_csrf", answer.csrf); });
          }
          if (!answer.ok && reply.status !== 409 && reply.status !== 422) {
            return later(reply.status < 429 && answer.text);
          }
          if (waiting.get(part) === body) {
            waiting.delete(part);
            if (!answer.ok) { refused.set(part, answer.text); }
            // What came after the time is kept, and counts only if somebody decides so.
            late = answer.ok ? answer.result.late : late;
          }
          pause = 2000;
          if (waiting.size) { return next(); }
          say(refused.size ? "bad" : late ? "late" : "ok", refused.values().next().value);
        });
      }).catch(function () { busy = false; later(); });
    }
    window.addEventListener("online", next);
    window.addEventListener("focus", next);
    window.addEventListener("beforeunload", function (event) {
      if (waiting.size && !form.dataset.sent) { event.preventDefault(); event.returnValue = ""; }
    });
    return function (part, mine) {
      var body = new URLSearchParams();
      new FormData(form).forEach(function (value, name) {
        if (name[0] === "_" ? name === "_csrf" : mine(name, value)) { body.append(name, value); }
      });
      body.set("_op", newId());
      body.set("_device", device);
      body.set("_seq", count += 1);
      refused.delete(part);
      waiting.set(part, body);
      say("busy");
      next();
    };
  }

  // Calls `save` a second after somebody stops typing, at once for a choice or when the page is left.
  function watch(form, save) {
    var timers = new Map();
    function now(part) { clearTimeout(timers.get(part)); timers.delete(part); save(part); }
    form.addEventListener("input", function (event) {
      var part = event.target.closest("[data-slot]") || form;
      if (event.target.matches("textarea,input:not([type=radio]):not([type=checkbox])")) {
        clearTimeout(timers.get(part));
        timers.set(part, setTimeout(now, 1000, part));
        document.querySelectorAll("[data-is=ok],[data-is=late]").forEach(function (chip) { chip.hidden = true; });
      } else { now(part); }
    });
    function flush() { timers.forEach(function (_timer, part) { now(part); }); }
    form.addEventListener("change", flush);
    document.addEventListener("visibilitychange", flush);
    window.addEventListener("pagehide", flush);
    return now;
  }

  document.querySelectorAll("[data-autosave]").forEach(function (form) {
    var keep = keeper(form), own = form.elements._device;
    // The button may overtake what was saved while somebody typed: both are the same page.
    if (own) { own.value = device; }
    watch(form, function () { keep("all", function () { return true; }); });
  });

  var quiz = document.querySelector("[data-quiz]");
  if (quiz) { oneByOne(quiz); }

  function oneByOne(form) {
    var all = function (what) { return Array.from(form.querySelectorAll(what)); };
    // Whoever comes back goes on with the first question that has no answer yet.
    var slots = all("[data-slot]"), keep = keeper(form), words = form.dataset.quiz.split("|");
    var here = slots.findIndex(function (slot) { return slot.id === form.dataset.first; });
    var changed = watch(form, function (slot) {
      var n = slot.dataset.slot;
      mark();
      keep(n, function (name, value) {
        return name.indexOf("s" + n + ".") === 0 || name === "f" + n || (name === "slot" && value === n);
      });
    });
    function isAnswered(slot) {
      var boxes = Array.from(slot.querySelectorAll("[type=radio],[type=checkbox]:not([data-flag])"));
      var fields = Array.from(slot.querySelectorAll("select,textarea,.input"));
      return boxes.some(function (box) { return box.checked; }) ||
        (!boxes.length && fields.every(function (field) { return field.value.trim(); }));
    }
    function mark() {
      var done = slots.map(isAnswered), total = done.filter(Boolean).length;
      form.querySelector("[data-answered]").textContent = total;
      form.querySelector("[data-left]").textContent = slots.length - total;
      form.querySelector("progress").value = total;
      all(".dots a").forEach(function (dot) {
        var i = slots.findIndex(function (slot) { return dot.hash === "#" + slot.id; });
        var flagged = slots[i].querySelector("[data-flag]").checked;
        dot.classList.toggle("flag", flagged);
        dot.classList.toggle("done", done[i] && !flagged);
        dot.querySelector("[data-said]").textContent = ", " + words[flagged ? 1 : done[i] ? 0 : 2];
        if (i === here) { dot.setAttribute("aria-current", "true"); } else { dot.removeAttribute("aria-current"); }
      });
    }
    function show(focus) {
      var wanted = slots.findIndex(function (slot) { return "#" + slot.id === location.hash; });
      here = wanted < 0 ? here : wanted;
      slots.forEach(function (slot, i) { slot.hidden = i !== here; });
      var place = form.querySelector("[data-place]"), last = here === slots.length - 1;
      place.textContent = place.dataset.place.replace("{n}", here + 1);
      form.querySelector("[data-step='-1']").hidden = here === 0;
      form.querySelector("[data-step='1']").hidden = last;
      form.querySelector("[data-send]").hidden = !last;
      all("details").forEach(function (list) { list.hidden = list.open = false; });
      mark();
      if (focus) { slots[here].tabIndex = -1; slots[here].focus({preventScroll: true}); window.scrollTo(0, 0); }
    }
    function step(by) {
      location.replace("#" + slots[Math.max(0, Math.min(here + by, slots.length - 1))].id);
      // Not when the browser has told of it: the next key may come sooner.
      show(true);
    }
    window.addEventListener("hashchange", function () { show(true); });
    form.addEventListener("submit", function (event) {
      // Enter in a text field goes on to the next question; only the button at the end sends.
      if (event.submitter && !event.submitter.matches("[data-send]")) { event.preventDefault(); step(1); return; }
      // Whoever comes back from the next page and changes an answer means a new change.
      form.elements._op.value = newId();
    });
    all("[data-order]").forEach(function (order) {
      order.querySelectorAll("select").forEach(function (select) { select.hidden = true; });
      order.querySelectorAll("[data-move]").forEach(function (button) { button.hidden = false; });
    });
    form.addEventListener("click", function (event) {
      var button = event.target.closest("[data-move],[data-step]");
      if (!button) { return; }
      if (button.dataset.step) { return step(+button.dataset.step); }
      var order = button.closest("[data-order]").querySelector("ol"), item = button.closest("li");
      if (button.dataset.move === "-1" && item.previousElementSibling) {
        order.insertBefore(item, item.previousElementSibling);
      } else if (button.dataset.move === "1" && item.nextElementSibling) {
        order.insertBefore(item.nextElementSibling, item);
      }
      Array.from(order.children).forEach(function (one, i) { one.querySelector("select").value = i + 1; });
      button.focus();
      changed(button.closest("[data-slot]"));
    });
    // Keys for whoever has a keyboard: never while somebody types, and off when the box in their list says so.
    var keys = form.querySelector("[data-keys]"), on = keys.querySelector("input");
    try { on.checked = localStorage.keys !== "off"; } catch (_none) { on.checked = true; }
    on.addEventListener("input", function (event) {
      event.stopPropagation();
      try { localStorage.keys = on.checked ? "on" : "off"; } catch (_none) { return; }
    });
    document.addEventListener("keydown", function (event) {
      var at = event.target, key = event.key.toUpperCase(), slot = slots[here];
      if (event.ctrlKey || event.altKey || event.metaKey || !on.checked ||
        at.matches("select,textarea,input:not([type=radio]):not([type=checkbox])")) { return; }
      // In a group of choices the arrows move the choice, as everywhere.
      var by = key === "N" ? 1 : key === "P" ? -1 : at.matches("input") ? 0 : {ARROWRIGHT: 1, ARROWLEFT: -1}[key];
      var n = key.length === 1 ? "123456789ABCDEFGHI".indexOf(key) % 9 : -1;
      var box = n >= 0 ? slot.querySelectorAll(".opt input")[n] : key === "T" && slot.querySelector("[data-flag]");
      if (by) { step(by); } else if (box) { box.click(); } else if (key === "?") { keys.open = !keys.open; }
    });
    show();
    // The browser has already gone to the question of the address; alone on the page, it begins at the top.
    window.addEventListener("load", function () { window.scrollTo(0, 0); });
  }
})();
