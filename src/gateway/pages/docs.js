// The documentation page: reads /openapi.json, shows each operation, and calls it. Loads nothing from elsewhere.
"use strict";

const $ = (id) => document.getElementById(id);
const METHODS = ["get", "post", "put", "patch", "delete"];
// Which path parameter an id of this prefix fits.
const KINDS = { cus: "customer", ctr: "contract", inv: "invoice", fis: "fiscal_invoice", tck: "ticket", con: "contact", key: "key" };
const ID = /^(cus|ctr|inv|fis|tck|con|key)_[A-Za-z0-9_-]{8,400}$/;

let api = null;
let operations = [];
const known = {}; // parameter name -> the id seen or typed last

// ---- small tools -------------------------------------------------------------------------------------------------

function make(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value != null) element.setAttribute(key, value);
  }
  for (const child of children.flat(9)) if (child != null && child !== false) element.append(child);
  return element;
}

// Text with `code`, **strong** and *emphasis* in it.
function prose(text) {
  return (text || "").split(/(`[^`]+`|\*\*[^*]+\*\*|\*[^*\s][^*]*\*)/).map((part) => {
    if (part.length > 2 && part.startsWith("`")) return make("code", {}, part.slice(1, -1));
    if (part.length > 4 && part.startsWith("**") && part.endsWith("**")) return make("strong", {}, part.slice(2, -2));
    if (part.length > 2 && part.startsWith("*") && part.endsWith("*")) return make("em", {}, part.slice(1, -1));
    return part;
  });
}

function paragraphs(text) {
  return (text || "").split(/\n\s*\n/).filter((part) => part.trim()).map((part) => make("p", {}, prose(part.replace(/\n/g, " "))));
}

function resolve(thing) {
  let at = thing;
  for (let hops = 0; at && at.$ref && hops < 20; hops += 1) {
    at = at.$ref.replace(/^#\//, "").split("/").reduce((node, key) => (node || {})[key.replace(/~1/g, "/").replace(/~0/g, "~")], api);
  }
  return at || {};
}

const refName = (thing) => (thing && thing.$ref ? thing.$ref.split("/").pop() : null);

// ---- reading the description -------------------------------------------------------------------------------------

function collect() {
  const found = [];
  for (const [path, item] of Object.entries(api.paths || {})) {
    for (const method of METHODS.filter((name) => item[name])) {
      const operation = item[method];
      const parameters = [...(item.parameters || []), ...(operation.parameters || [])].map(resolve);
      found.push({ ...operation, path, method, parameters, tag: (operation.tags || ["Other"])[0] });
    }
  }
  const order = (api.tags || []).map((tag) => tag.name);
  const place = (tag) => (order.includes(tag) ? order.indexOf(tag) : order.length);
  return found.sort((a, b) => place(a.tag) - place(b.tag));
}

function typeOf(schema) {
  const name = refName(schema);
  const it = resolve(schema);
  if (it.oneOf || it.anyOf) return (it.oneOf || it.anyOf).map(typeOf).join(" or ");
  if (it.allOf) return it.allOf.map(typeOf).join(" and ");
  const type = Array.isArray(it.type) ? it.type.join(" or ") : it.type || "any";
  if (type.startsWith("array")) return `list of ${typeOf(it.items || {})}`;
  return name && (it.properties || it.enum) ? name : type + (it.format ? ` (${it.format})` : "");
}

function bounds(schema) {
  const it = resolve(schema);
  const parts = [];
  if (it.enum) parts.push(`one of ${it.enum.map((word) => `\`${word}\``).join(", ")}`);
  if (it.const !== undefined) parts.push(`\`${it.const}\``);
  if (it.minLength || it.maxLength) parts.push(`${it.minLength || 0} to ${it.maxLength ?? "∞"} characters`);
  if (it.minimum !== undefined || it.maximum !== undefined) parts.push(`${it.minimum ?? "−∞"} to ${it.maximum ?? "∞"}`);
  if (it.minItems || it.maxItems) parts.push(`${it.minItems || 0} to ${it.maxItems ?? "∞"} items`);
  if (it.pattern) parts.push(`\`${it.pattern}\``);
  if (it.default !== undefined) parts.push(`default \`${JSON.stringify(it.default)}\``);
  return parts.join("; ");
}

function schemaView(schema, depth) {
  const it = resolve(schema);
  const parts = it.oneOf || it.anyOf || it.allOf;
  if (parts) return parts.map((part) => schemaView(part, depth)).filter(Boolean);
  if (it.items) return schemaView(it.items, depth);
  const rows = Object.entries(it.properties || {}).map(([name, property]) => {
    const about = property.description || resolve(property).description;
    const inner = depth < 6 ? schemaView(property, depth + 1) : null;
    const has = inner && (!Array.isArray(inner) || inner.length > 0);
    return make("tr", {},
      make("td", { class: "field-name" }, name, (it.required || []).includes(name) ? make("span", { class: "must", title: "required" }, " *") : null),
      make("td", {},
        make("div", {}, make("span", { class: "soft" }, typeOf(property)), bounds(property) ? make("span", { class: "soft" }, " · ", prose(bounds(property))) : null),
        about ? make("div", {}, prose(about)) : null,
        has ? make("details", {}, make("summary", { class: "soft" }, "fields"), make("div", {}, inner)) : null));
  });
  return rows.length ? make("table", {}, make("tbody", {}, rows)) : null;
}

// ---- the list at the side ----------------------------------------------------------------------------------------

function fillList() {
  const wanted = $("search").value.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (op) => {
    const text = `${op.method} ${op.path} ${op.summary} ${op.operationId} ${op.tag} ${op.description || ""}`.toLowerCase();
    return wanted.every((word) => text.includes(word));
  };
  const groups = new Map();
  for (const op of operations.filter(fits)) groups.set(op.tag, [...(groups.get(op.tag) || []), op]);
  const current = location.hash.slice(1);
  $("list").replaceChildren(...[...groups].map(([tag, ops]) => make("section", {},
    make("h2", {}, tag),
    make("ul", {}, ops.map((op) => make("li", {}, make("a", {
      href: `#${op.operationId}`, "aria-current": op.operationId === current ? "page" : null, title: `${op.method.toUpperCase()} ${op.path}`,
    }, make("span", { class: `verb ${op.method}` }, op.method === "delete" ? "del" : op.method), make("span", {}, op.summary))))))));
  $("nothing").hidden = groups.size > 0;
}

// ---- one operation -----------------------------------------------------------------------------------------------

function exampleNames(op) {
  const body = jsonBody(op);
  const names = new Map();
  const add = (examples) => Object.entries(examples || {}).forEach(([name, example]) => {
    if (!names.has(name)) names.set(name, resolve(example).summary || name);
  });
  add(body && body.examples);
  op.parameters.forEach((parameter) => add(parameter.examples));
  return names;
}

const jsonBody = (op) => ((resolve(op.requestBody || {}).content || {})["application/json"]) || null;

function startValue(parameter, example) {
  if (parameter.name === "tenant") return $("tenant").value;
  if (parameter.name === "Idempotency-Key") return newKey();
  if (known[parameter.name]) return known[parameter.name];
  const named = parameter.examples && parameter.examples[example] ? resolve(parameter.examples[example]).value : undefined;
  // Ids in examples belong to no tenant of this gateway.
  return named !== undefined && !ID.test(named) ? String(named) : "";
}

function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return "docs-" + [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function show(op) {
  document.title = `${op.summary} · Ponte API`;
  const names = exampleNames(op);
  const body = jsonBody(op);
  const first = names.keys().next().value;
  const inputs = op.parameters.map((parameter) => ({ parameter, input: parameterInput(parameter, startValue(parameter, first)) }));
  const editor = body ? make("textarea", { id: "body", spellcheck: "false", "aria-label": "Request body, JSON" }) : null;
  const setBody = (name) => {
    const example = body && body.examples && body.examples[name];
    if (editor) editor.value = JSON.stringify(example ? resolve(example).value : {}, null, 2);
  };
  setBody(first);
  const picker = names.size ? make("select", {
    id: "example",
    onchange: (event) => {
      setBody(event.target.value);
      inputs.forEach(({ parameter, input }) => {
        const value = startValue(parameter, event.target.value);
        if (value) input.value = value;
      });
      command.textContent = asCommand(op, inputs, editor);
    },
  }, [...names].map(([name, summary]) => make("option", { value: name }, summary))) : null;
  const answer = make("div", { "aria-live": "polite" });
  const command = make("code", {}, "");
  const send = make("button", { type: "submit" }, "Send");
  const form = make("form", {
    oninput: () => { command.textContent = asCommand(op, inputs, editor); },
    onsubmit: (event) => { event.preventDefault(); call(op, inputs, editor, answer, send); },
  },
    picker ? make("div", { class: "row" }, make("label", { for: "example", class: "soft" }, "Example"), make("div", { class: "grow" }, picker)) : null,
    inputs.length ? make("table", {}, make("tbody", {}, inputs.map(({ parameter, input }) => make("tr", {},
      make("td", {}, make("label", { for: input.id, class: "field-name" }, parameter.name, parameter.required ? make("span", { class: "must", title: "required" }, " *") : null),
        make("div", { class: "soft" }, parameter.in)),
      make("td", {}, input, make("div", { class: "soft" }, prose(parameter.description || ""), bounds(parameter.schema || {}) ? [" ", prose(bounds(parameter.schema))] : null)))))) : null,
    editor ? make("div", { class: "row" }, editor) : null,
    make("div", { class: "row" }, send, make("span", { class: "soft" }, needsKey(op) ? "" : "Needs no key.")),
    make("details", {}, make("summary", { class: "soft" }, "As a command"), make("pre", {}, command)));
  command.textContent = asCommand(op, inputs, editor);
  $("main").replaceChildren(
    make("h1", {}, op.summary),
    make("p", { class: "path" }, make("span", { class: `verb ${op.method}` }, op.method), op.path),
    ...paragraphs(op.description),
    make("section", {}, make("h2", {}, "Try it"), form, answer),
    ...(body ? [make("section", {}, make("h2", {}, "Request body"), paragraphs(resolve(op.requestBody).description), schemaView(body.schema, 0) || make("p", { class: "soft" }, "No fields."))] : []),
    make("section", {}, make("h2", {}, "Answers"), Object.entries(op.responses || {}).map(([status, response]) => responseView(status, resolve(response)))));
  window.scrollTo(0, 0);
}

const needsKey = (op) => !(op.security && op.security.every((one) => Object.keys(one).length === 0));

function parameterInput(parameter, value) {
  const schema = resolve(parameter.schema || {});
  const id = `p-${parameter.in}-${parameter.name}`;
  if (schema.enum) {
    const words = parameter.required ? schema.enum : ["", ...schema.enum];
    const select = make("select", { id }, words.map((word) => make("option", { value: word }, word || "(not sent)")));
    if (value) select.value = value;
    return select;
  }
  const input = make("input", { id, spellcheck: "false", autocomplete: "off", placeholder: (schema.examples || [parameter.example])[0] || "" });
  input.value = value;
  return input;
}

function responseView(status, response) {
  const content = Object.entries(response.content || {});
  return make("details", {},
    make("summary", {}, make("span", { class: `status ${status < "400" ? "good" : "bad"}` }, status), " ", prose(response.description)),
    content.map(([type, media]) => make("div", {},
      make("p", { class: "soft" }, type),
      Object.values(media.examples || {}).slice(0, 6).map((example) => {
        const it = resolve(example);
        return make("details", {}, make("summary", { class: "soft" }, it.summary || "Example"), make("pre", {}, typeof it.value === "string" ? it.value : JSON.stringify(it.value, null, 2)));
      }),
      schemaView(media.schema || {}, 0))));
}

// ---- calling -----------------------------------------------------------------------------------------------------

function request(op, inputs, editor) {
  let path = op.path;
  const query = new URLSearchParams();
  const headers = {};
  for (const { parameter, input } of inputs) {
    const value = input.value.trim();
    if (parameter.in === "path") path = path.replace(`{${parameter.name}}`, encodeURIComponent(value));
    else if (value && parameter.in === "query") query.set(parameter.name, value);
    else if (value && parameter.in === "header") headers[parameter.name] = value;
  }
  if (editor && editor.value.trim()) headers["Content-Type"] = "application/json";
  const search = query.toString();
  return { url: path + (search ? `?${search}` : ""), headers, body: editor && editor.value.trim() ? editor.value : undefined };
}

function asCommand(op, inputs, editor) {
  const { url, headers, body } = request(op, inputs, editor);
  const quote = (text) => `'${text.replace(/'/g, "'\\''")}'`;
  const lines = [`curl -s ${op.method === "get" ? "" : `-X ${op.method.toUpperCase()} `}${quote(location.origin + url)}`];
  if (needsKey(op)) lines.push(`-H "Authorization: Bearer $PONTE_KEY"`);
  for (const [name, value] of Object.entries(headers)) lines.push(`-H ${quote(`${name}: ${value}`)}`);
  if (body) lines.push(`-d ${quote(body)}`);
  return lines.join(" \\\n  ");
}

async function call(op, inputs, editor, answer, send) {
  inputs.forEach(({ parameter, input }) => { if (parameter.in === "path" && ID.test(input.value.trim())) known[parameter.name] = input.value.trim(); });
  const { url, headers, body } = request(op, inputs, editor);
  const key = $("key").value.trim();
  if (key && needsKey(op)) headers.Authorization = `Bearer ${key}`;
  send.disabled = true;
  const started = performance.now();
  try {
    const response = await fetch(url, { method: op.method.toUpperCase(), headers, body, credentials: "omit", cache: "no-store" });
    const bytes = await response.blob();
    answer.replaceChildren(await answerView(response, bytes, Math.round(performance.now() - started)));
  } catch (error) {
    answer.replaceChildren(make("p", { class: "status bad" }, "The gateway did not answer."));
  } finally {
    send.disabled = false;
  }
}

async function answerView(response, blob, took) {
  const type = response.headers.get("content-type") || "";
  const lines = [...response.headers].map(([name, value]) => `${name}: ${value}`).join("\n");
  return make("div", {},
    make("p", {}, make("span", { class: `status ${response.ok ? "good" : "bad"}` }, `${response.status}`), make("span", { class: "soft" }, ` ${took} ms · ${blob.size} bytes · ${type}`)),
    await bodyView(type, blob),
    make("details", {}, make("summary", { class: "soft" }, "Header fields"), make("pre", {}, lines)));
}

async function bodyView(type, blob) {
  if (blob.size === 0) return make("p", { class: "soft" }, "No body.");
  if (type.includes("json")) {
    const text = await blob.text();
    try { return jsonView(JSON.parse(text)); } catch { return make("pre", {}, text); }
  }
  const address = URL.createObjectURL(blob);
  if (type.startsWith("image/")) return make("img", { src: address, alt: "The picture of the answer", class: "picture" });
  if (type.startsWith("text/")) return make("pre", {}, await blob.text());
  return make("p", {}, make("a", { href: address, download: "answer" + (type.includes("pdf") ? ".pdf" : "") }, "Save the file"));
}

// JSON with its ids as buttons: pressing one offers the operations that take it.
function jsonView(value) {
  const uses = make("div", {});
  const view = make("pre", {});
  const write = (node, indent) => {
    if (typeof node === "string" && ID.test(node)) {
      known[KINDS[node.slice(0, 3)]] = known[KINDS[node.slice(0, 3)]] || node;
      view.append(make("button", { type: "button", class: "id", onclick: () => offer(node, uses) }, JSON.stringify(node)));
    } else if (Array.isArray(node) && node.length) {
      view.append("[\n");
      node.forEach((item, at) => { view.append(indent + "  "); write(item, indent + "  "); view.append(at < node.length - 1 ? ",\n" : "\n"); });
      view.append(indent + "]");
    } else if (node && typeof node === "object" && Object.keys(node).length) {
      view.append("{\n");
      const entries = Object.entries(node);
      entries.forEach(([name, item], at) => { view.append(`${indent}  ${JSON.stringify(name)}: `); write(item, indent + "  "); view.append(at < entries.length - 1 ? ",\n" : "\n"); });
      view.append(indent + "}");
    } else view.append(JSON.stringify(node));
  };
  write(value, "");
  return make("div", {}, view, uses);
}

function offer(id, place) {
  const name = KINDS[id.slice(0, 3)];
  known[name] = id;
  const takers = operations.filter((op) => op.path.includes(`{${name}}`));
  place.replaceChildren(make("p", { class: "soft" }, "Use this id:"), make("ul", {}, takers.map((op) => make("li", {}, make("a", { href: `#${op.operationId}` }, op.summary)))));
  const link = place.querySelector("a");
  if (link) link.focus();
}

// ---- the page ----------------------------------------------------------------------------------------------------

function overview() {
  document.title = "Ponte API";
  const info = api.info || {};
  const rendered = (info.description || "").split(/\n\s*\n/).map((part) => {
    const heading = part.match(/^#+\s+(.*)/);
    if (heading) return make("h2", {}, heading[1]);
    if (/^[-*] /.test(part)) return make("ul", {}, part.split(/\n(?=[-*] )/).map((line) => make("li", {}, prose(line.slice(2).replace(/\n/g, " ")))));
    return make("p", {}, prose(part.replace(/\n/g, " ")));
  });
  $("main").replaceChildren(
    make("h1", {}, `${info.title || "API"} ${info.version || ""}`),
    ...rendered,
    make("section", {}, make("h2", {}, "Start"),
      make("p", {}, "Put your API key and tenant at the top, choose an operation, take one of its examples, and send it. Ids in answers can be pressed: they lead to the operations that take them."),
      make("ul", {}, operations.slice(0, 5).map((op) => make("li", {}, make("a", { href: `#${op.operationId}` }, op.summary)))),
      make("p", {}, make("a", { href: "/openapi.json" }, "The API description (OpenAPI)"), " · ", make("a", { href: "/problems" }, "All types of problems"))));
}

function route() {
  const op = operations.find((one) => one.operationId === location.hash.slice(1));
  if (op) show(op); else overview();
  fillList();
}

function remember(id, fallback) {
  const input = $(id);
  input.value = sessionStorage.getItem(`ponte-${id}`) || fallback;
  input.addEventListener("change", () => { sessionStorage.setItem(`ponte-${id}`, input.value); if (id === "tenant") route(); });
}

function theme() {
  const root = document.documentElement;
  const apply = (name) => { if (name) root.dataset.theme = name; else delete root.dataset.theme; $("theme").textContent = `Theme: ${name || "system"}`; };
  apply(localStorage.getItem("ponte-theme") || "");
  $("theme").addEventListener("click", () => {
    const next = { "": "light", light: "dark", dark: "" }[root.dataset.theme || ""];
    localStorage.setItem("ponte-theme", next);
    apply(next);
  });
}

function exampleTenant() {
  for (const op of operations) {
    for (const parameter of op.parameters.filter((one) => one.name === "tenant")) {
      const named = Object.values(parameter.examples || {})[0];
      if (named) return resolve(named).value;
    }
  }
  return "";
}

async function start() {
  theme();
  try {
    const response = await fetch("/openapi.json", { credentials: "omit" });
    api = await response.json();
  } catch (error) {
    $("main").replaceChildren(make("p", { class: "loading" }, "The API description could not be loaded."));
    return;
  }
  operations = collect();
  $("version").textContent = (api.info || {}).version || "";
  remember("key", "");
  remember("tenant", exampleTenant());
  $("search").addEventListener("input", fillList);
  $("search").addEventListener("keydown", (event) => {
    const first = $("list").querySelector("a");
    if (event.key === "Enter" && first) { event.preventDefault(); first.click(); $("main").focus(); }
  });
  window.addEventListener("hashchange", () => { route(); $("main").focus({ preventScroll: true }); });
  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName);
    if (event.key === "/" && !typing) { event.preventDefault(); $("search").focus(); $("search").select(); }
    if (event.key === "Escape" && document.activeElement === $("search")) { $("search").value = ""; fillList(); }
  });
  route();
}

start();
