// A small, safe Markdown: text in, DOM nodes out, never HTML. While a reply grows only the blocks that changed are made
// anew, so that a selection in what is already there survives.

const FENCE = /^ {0,3}(`{3,}|~{3,})\s*([\w+#.-]*)[^`]*$/;
const ITEM = /^(\s*)([-*+]|\d{1,9}[.)])\s+(.*)$/;
const HEADING = /^ {0,3}(#{1,6})\s+(.+?)\s*#*$/;
const RULE = /^ {0,3}([-*_])(?:\s*\1){2,}\s*$/;
const QUOTE = /^ {0,3}> ?(.*)$/;
const DEEPEST = 6; // nesting of emphasis; deeper is not writing

const INLINE = new RegExp(
  [
    "(`+)(?!`)([\\s\\S]*?[^`])\\1(?!`)", // 1, 2: code
    "\\*\\*(?=\\S)([\\s\\S]*?\\S)\\*\\*(?!\\*)", // 3: bold
    "(?<![\\w_])__(?=\\S)([\\s\\S]*?\\S)__(?![\\w_])", // 4: bold
    "\\*(?=[^\\s*])((?:[^*]|\\*\\*[^*]+\\*\\*)*?[^\\s*]|[^\\s*])\\*(?!\\*)", // 5: italics
    "(?<![\\w_])_(?=[^\\s_])([\\s\\S]*?\\S)_(?![\\w_])", // 6: italics
    "~~(?=\\S)([\\s\\S]*?\\S)~~", // 7: struck
    "!?\\[([^\\[\\]\\n]{1,500})\\]\\(\\s*<?([^\\s()<>]*(?:\\([^\\s()<>]*\\)[^\\s()<>]*)*)>?[^)\\n]*\\)", // 8, 9: link
    "(https?:\\/\\/[^\\s<>\"'`]+)", // 10: bare address
    "\\\\([\\\\`*_{}\\[\\]()#+.!~>-])", // 11: escaped
  ].join("|"),
  "g",
);

// Shows `text` in `container`.
export function render(container, text) {
  const blocks = parseBlocks(text.replace(/\r\n?/g, "\n").split("\n"));
  blocks.forEach((block, index) => {
    const source = JSON.stringify(block);
    const shown = container.children[index];
    if (shown?.source === source) return;
    const node = build(block);
    node.source = source;
    if (shown) shown.replaceWith(node);
    else container.append(node);
  });
  while (container.children.length > blocks.length) container.lastElementChild.remove();
}

function parseBlocks(lines) {
  const blocks = [];
  let at = 0;
  while (at < lines.length) {
    if (!lines[at].trim()) {
      at += 1;
      continue;
    }
    const [block, next] = parseBlock(lines, at);
    blocks.push(block);
    at = next;
  }
  return blocks;
}

function parseBlock(lines, at) {
  const line = lines[at];
  const heading = HEADING.exec(line);
  if (FENCE.test(line)) return fenced(lines, at);
  if (heading) return [{ kind: heading[1].length < 3 ? "h3" : "h4", text: heading[2] }, at + 1];
  if (RULE.test(line)) return [{ kind: "hr" }, at + 1];
  if (QUOTE.test(line)) return quoted(lines, at);
  if (ITEM.test(line)) return list(lines, at);
  return paragraph(lines, at);
}

function fenced(lines, at) {
  const [, fence] = FENCE.exec(lines[at]);
  const closing = new RegExp(`^ {0,3}${fence[0]}{${fence.length},}\\s*$`);
  let end = at + 1;
  while (end < lines.length && !closing.test(lines[end])) end += 1;
  return [{ kind: "pre", text: lines.slice(at + 1, end).join("\n") }, end + 1];
}

function quoted(lines, at) {
  const text = [];
  let end = at;
  for (; end < lines.length && QUOTE.test(lines[end]); end += 1) text.push(QUOTE.exec(lines[end])[1]);
  return [{ kind: "blockquote", text: text.join("\n") }, end];
}

function paragraph(lines, at) {
  let end = at + 1;
  while (end < lines.length && lines[end].trim() && !interrupts(lines[end])) end += 1;
  return [{ kind: "p", text: lines.slice(at, end).join("\n").trim() }, end];
}

function interrupts(line) {
  return [FENCE, HEADING, QUOTE, ITEM, RULE].some((pattern) => pattern.test(line));
}

// Items of one list; deeper items hang on the item before them, lines without a mark continue it.
function list(lines, at) {
  const [, indent, mark] = ITEM.exec(lines[at]);
  const ordered = /\d/.test(mark);
  const block = { kind: ordered ? "ol" : "ul", start: ordered ? parseInt(mark, 10) : 1, items: [] };
  let end = at;
  while (end < lines.length) {
    const item = ITEM.exec(lines[end]);
    const current = block.items.at(-1);
    if (item && item[1].length > indent.length + 1 && current) {
      const [inner, next] = list(lines, end);
      current.lists.push(inner);
      end = next;
    } else if (item && item[1].length >= indent.length && /\d/.test(item[2]) === ordered && !RULE.test(lines[end])) {
      block.items.push({ text: item[3], lists: [] });
      end += 1;
    } else if (!item && lines[end].trim() && /^\s/.test(lines[end]) && current) {
      current.text += `\n${lines[end].trim()}`;
      end += 1;
    } else if (!lines[end].trim() && continues(lines, end + 1, indent, ordered)) {
      end += 1;
    } else {
      break;
    }
  }
  return [block, end];
}

function continues(lines, at, indent, ordered) {
  const item = at < lines.length ? ITEM.exec(lines[at]) : null;
  return item !== null && item[1].length >= indent.length && (/\d/.test(item[2]) === ordered || item[1].length > indent.length);
}

function build(block) {
  const node = document.createElement(block.kind);
  node.dir = "auto";
  if (block.kind === "pre") {
    node.dir = "ltr";
    node.tabIndex = 0; // so that the keyboard can scroll it
    node.append(element("code", [block.text]));
  } else if (block.items) {
    if (block.start !== 1) node.start = block.start;
    node.append(...block.items.map((item) => element("li", [...inline(item.text), ...item.lists.map(build)])));
  } else if (block.text !== undefined) {
    node.append(...inline(block.text));
  }
  return node;
}

function inline(text, depth = 0) {
  if (depth > DEEPEST) return [text];
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(INLINE)) {
    if (match.index > from) nodes.push(text.slice(from, match.index));
    nodes.push(...span(match, depth));
    from = match.index + match[0].length;
  }
  if (from < text.length) nodes.push(text.slice(from));
  return nodes;
}

function span(match, depth) {
  const [all, , code, bold1, bold2, italic1, italic2, struck, label, target, address, escaped] = match;
  const inner = (text) => inline(text, depth + 1);
  if (code !== undefined) return [element("code", [code])];
  if (bold1 ?? bold2) return [element("strong", inner(bold1 ?? bold2))];
  if (italic1 ?? italic2) return [element("em", inner(italic1 ?? italic2))];
  if (struck) return [element("s", inner(struck))];
  if (label) return link(target, inner(label)) ?? [all];
  if (address) return bareLink(address);
  return [escaped];
}

function bareLink(address) {
  const tail = /[.,;:!?)\]}*_~]+$/.exec(address)?.[0] ?? "";
  const kept = tail.startsWith(")") && address.includes("(") ? address.slice(0, address.length - tail.length + 1) : address.slice(0, address.length - tail.length);
  const rest = address.slice(kept.length);
  return [...(link(kept, [kept]) ?? [kept]), ...(rest ? [rest] : [])];
}

// Only http and https lead anywhere; anything else stays the text that it is.
function link(target, content) {
  let url;
  try {
    url = new URL(target);
  } catch {
    return null;
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") return null;
  const node = element("a", content);
  node.href = url.href;
  node.rel = "noopener noreferrer nofollow";
  node.target = "_blank";
  return [node];
}

function element(name, children) {
  const node = document.createElement(name);
  node.append(...children);
  return node;
}
