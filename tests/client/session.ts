// A client's session with the service, written from the OpenAPI document alone: types and paths come from it (openapi-typescript), and
// the calls are made by openapi-fetch. Prints what it found as JSON; tests/test_client.py holds that against the library.
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

type Entry = components["schemas"]["Entry"];

declare const process: { argv: string[]; stdout: { write(text: string): void } };

// An entry has other forms too; this client asks for JSON, and for errors as they always come.
const client = createClient<paths, "application/json" | "application/problem+json">({ baseUrl: process.argv[2] ?? "" });

function shown(entry: Entry): string[] {
  const before = entry.disclaimers.filter((each) => each.placement === "before").map((each) => each.text);
  const after = entry.disclaimers.filter((each) => each.placement === "after").map((each) => each.text);
  const urgent = entry.urgent_advice.map((each) => `${each.level}: ${each.signs} ${each.action}`);
  const warning = entry.review.held ? [entry.review.held.notice] : [];
  return [...warning, ...urgent, ...before, entry.question, ...entry.answer.sections.map((each) => each.html), ...after];
}

// The first sync: the first page's cursor, all pages, then the feed from there.
const copy = new Map<string, Entry>();
const first = await client.GET("/api/v1/entries/", { params: { query: { audience: ["any"], page_size: 2 } } });
const cursor = first.response.headers.get("Library-Cursor") ?? "";
let next = first.data?.next ?? null;
const slugs = (first.data?.results ?? []).map((row) => row.slug);
while (next !== null) {
  const after = new URL(next).searchParams.get("after") ?? "";
  const page = await client.GET("/api/v1/entries/", { params: { query: { audience: ["any"], page_size: 2, after } } });
  slugs.push(...(page.data?.results ?? []).map((row) => row.slug));
  next = page.data?.next ?? null;
}
for (const slug of slugs) {
  const { data } = await client.GET("/api/v1/entries/{slug}/", { params: { path: { slug } } });
  if (data) copy.set(slug, data);
}
const feed = await client.GET("/api/v1/changes/", { params: { query: { since: cursor } } });

// An answer that is still right costs nothing; one that was taken down says what to show instead; a slip is explained.
const one = slugs[0] ?? "";
const fresh = await client.GET("/api/v1/entries/{slug}/", { params: { path: { slug: one } } });
const again = await client.GET("/api/v1/entries/{slug}/", {
  params: { path: { slug: one }, header: { "If-None-Match": fresh.response.headers.get("ETag") ?? "" } },
});
const gone = await client.GET("/api/v1/entries/{slug}/", { params: { path: { slug: process.argv[3] ?? "" } } });
const slip = await client.GET("/api/v1/entries/", { params: { query: { page_size: 0 } } });
const taken = gone.error !== undefined && "notice" in gone.error ? gone.error : null;
const explained = slip.error !== undefined && "errors" in slip.error ? (slip.error.errors ?? []) : [];

process.stdout.write(
  JSON.stringify({
    slugs,
    shown: Object.fromEntries([...copy].map(([slug, entry]) => [slug, shown(entry)])),
    feed: { more: feed.data?.has_more ?? null, rows: (feed.data?.results ?? []).length },
    again: again.response.status,
    gone: taken && { status: gone.response.status, notice: taken.notice, replacement: taken.replacement, urgent: taken.urgent_advice.length },
    slip: explained.map((each) => each.field),
  }),
);
