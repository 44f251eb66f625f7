import { readFileSync } from 'node:fs';
import { StartProblem } from '#boot';
import { STORES, TIERS, type Tier } from '#contracts';
import { parse } from 'yaml';

/** What one sale of a product makes. */
export interface LicenseTerms {
  tier: Tier;
  years: number;
  /** What a quantity above one makes; default `one` license. */
  quantity?: 'one' | 'each';
  /** What it makes when it comes along with a bundle, which is an order of its own; default `nothing`. */
  in_bundle?: 'nothing' | 'license';
}

interface Entry extends LicenseTerms {
  permalinks: string[];
  product_ids: string[];
  variants: string[];
}

const MEMBERS = ['permalinks', 'product_ids', 'variants', 'tier', 'years', 'quantity', 'in_bundle'];
const QUANTITIES: unknown[] = ['one', 'each', undefined];
const IN_BUNDLES: unknown[] = ['nothing', 'license', undefined];

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string' && item !== '');

function problemsOf(entry: Partial<Entry> | null, at: string): string[] {
  if (typeof entry !== 'object' || entry === null) return [`${at} is no mapping`];
  const { permalinks = [], product_ids = [], variants = [], tier, years } = entry;
  const problems = Object.keys(entry)
    .filter((member) => !MEMBERS.includes(member))
    .map((member) => `${at}.${member} is not known; a product has ${MEMBERS.join(', ')}`);
  if (![permalinks, product_ids, variants].every(isTexts))
    problems.push(`${at}: permalinks, product_ids and variants are lists of texts`);
  else if (permalinks.length + product_ids.length + variants.length === 0)
    problems.push(`${at} has neither a permalink nor a product id nor a variant`);
  if (!TIERS.includes(tier as Tier)) problems.push(`${at}.tier is none of ${TIERS.join(', ')}`);
  if (!Number.isInteger(years) || years! < 1 || years! > 100)
    problems.push(`${at}.years is no whole number from 1 to 100`);
  if (!QUANTITIES.includes(entry.quantity)) problems.push(`${at}.quantity is neither one nor each`);
  if (!IN_BUNDLES.includes(entry.in_bundle)) problems.push(`${at}.in_bundle is neither nothing nor license`);
  return problems;
}

/** What a store calls a product by. */
interface ProductName {
  id: string | null;
  permalink: string | null;
  variant?: string | null;
}

/** The names that an entry answers to: of its products, or of their variants where it lists any. */
function namesOf({ permalinks = [], product_ids = [], variants = [] }: Partial<Entry>): string[] {
  const products = [...permalinks.map((p) => `permalink ${p}`), ...product_ids.map((p) => `id ${p}`)];
  if (variants.length === 0) return products;
  if (products.length === 0) return variants.map((v) => `variant ${v}`);
  return products.flatMap((product) => variants.map((v) => `${product} variant ${v}`));
}

/** Which product makes which license, as `config/products.yaml` says. */
export class ProductCatalog {
  private readonly byId = new Map<string, LicenseTerms>();

  /** @throws StartProblem that names every wrong line of `text` at once. */
  constructor(text: string, file = 'products.yaml') {
    const stores = read(text, file);
    const problems = Object.entries(stores).flatMap(([store, entries]) => this.add(store, entries));
    if (problems.length) {
      const why = `\n${problems.map((p) => `  ${p}`).join('\n')}`;
      throw new StartProblem({ what: `${file} cannot be used`, why, fix: 'Mend these lines and start again.' });
    }
  }

  static fromFile(file: string): ProductCatalog {
    return new ProductCatalog(readFileSync(file, 'utf8'), file);
  }

  /** Terms of a product, found by its variant, its id or its permalink; null when nobody has mapped it. */
  find(store: string, { id, permalink, variant }: ProductName): LicenseTerms | null {
    const names = [`id ${id}`, `permalink ${permalink}`];
    const exact = variant ? [...names.map((name) => `${name} variant ${variant}`), `variant ${variant}`] : [];
    const known = [...exact, ...names].find((name) => this.byId.has(`${store} ${name}`));
    return known === undefined ? null : this.byId.get(`${store} ${known}`)!;
  }

  private add(store: string, entries: unknown): string[] {
    if (!STORES.some((known) => known === store)) return [`${store} is no store; there are ${STORES.join(', ')}`];
    if (!Array.isArray(entries)) return [`${store} is no list`];
    return entries.flatMap((entry: Partial<Entry> | null, i) => {
      const problems = problemsOf(entry, `${store}[${i}]`);
      return problems.length ? problems : this.addEntry(store, entry as Entry);
    });
  }

  private addEntry(store: string, entry: Entry): string[] {
    const { tier, years, quantity, in_bundle } = entry;
    const terms = { tier, years, ...(quantity && { quantity }), ...(in_bundle && { in_bundle }) };
    return namesOf(entry).flatMap((name) => {
      if (this.byId.has(`${store} ${name}`)) return [`${store}: ${name} is listed twice`];
      this.byId.set(`${store} ${name}`, terms);
      return [];
    });
  }
}

function read(text: string, file: string): Record<string, unknown> {
  const stores = parsed(text, file) ?? {};
  if (typeof stores === 'object' && !Array.isArray(stores)) return stores as Record<string, unknown>;
  const fix = 'Write each store with the list of its products below it.';
  throw new StartProblem({ what: `${file} cannot be used`, why: 'it is no mapping of stores', fix });
}

function parsed(text: string, file: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new StartProblem({ what: `${file} is no YAML`, why, fix: 'Mend it and start again.' });
  }
}
