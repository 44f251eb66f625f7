import { readFileSync } from 'node:fs';
import { StartProblem } from '#boot';
import { TIERS, type Tier } from '#contracts';
import { parse } from 'yaml';

/** What one sale of a product makes. */
export interface LicenseTerms {
  tier: Tier;
  years: number;
}

interface Entry extends LicenseTerms {
  permalinks: string[];
  product_ids: string[];
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string' && item !== '');

function problemsOf(entry: Partial<Entry> | null, at: string): string[] {
  if (typeof entry !== 'object' || entry === null) return [`${at} is no mapping`];
  const { permalinks = [], product_ids = [], tier, years } = entry;
  const problems: string[] = [];
  if (!isTexts(permalinks) || !isTexts(product_ids))
    problems.push(`${at}: permalinks and product_ids are lists of texts`);
  else if (permalinks.length + product_ids.length === 0)
    problems.push(`${at} has neither a permalink nor a product id`);
  if (!TIERS.includes(tier as Tier)) problems.push(`${at}.tier is none of ${TIERS.join(', ')}`);
  if (!Number.isInteger(years) || years! < 1 || years! > 100)
    problems.push(`${at}.years is no whole number from 1 to 100`);
  return problems;
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

  /** Terms of a product, found by its id or its permalink; null when nobody has mapped it. */
  find(store: string, product: { id: string | null; permalink: string | null }): LicenseTerms | null {
    return (
      this.byId.get(`${store} id ${product.id}`) ?? this.byId.get(`${store} permalink ${product.permalink}`) ?? null
    );
  }

  private add(store: string, entries: unknown): string[] {
    if (!Array.isArray(entries)) return [`${store} is no list`];
    return entries.flatMap((entry: Partial<Entry> | null, i) => {
      const problems = problemsOf(entry, `${store}[${i}]`);
      return problems.length ? problems : this.addEntry(store, entry as Entry);
    });
  }

  private addEntry(store: string, { permalinks = [], product_ids = [], tier, years }: Entry): string[] {
    const keys = [...permalinks.map((p) => `permalink ${p}`), ...product_ids.map((p) => `id ${p}`)];
    return keys.flatMap((key) => {
      if (this.byId.has(`${store} ${key}`)) return [`${store}: ${key} is listed twice`];
      this.byId.set(`${store} ${key}`, { tier, years });
      return [];
    });
  }
}

function read(text: string, file: string): Record<string, unknown> {
  try {
    return (parse(text) ?? {}) as Record<string, unknown>;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new StartProblem({ what: `${file} is no YAML`, why, fix: 'Mend it and start again.' });
  }
}
