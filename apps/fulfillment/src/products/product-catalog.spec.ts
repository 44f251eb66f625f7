import { ProductCatalog } from './product-catalog.js';

const find = (yaml: string, permalink: string | null, id: string | null = null) =>
  new ProductCatalog(yaml).find('gumroad', { permalink, id });

describe('the products file', () => {
  it('maps the products of the development shop to their tiers for a year', () => {
    const catalog = ProductCatalog.fromFile(`${__dirname}/../../../../config/products.yaml`);
    const found = ['lite', 'core', 'pro', 'enterprise', 'other'].map((permalink) =>
      catalog.find('gumroad', { permalink, id: null }),
    );
    expect(found).toEqual([...['lite', 'core', 'pro', 'enterprise'].map((tier) => ({ tier, years: 1 })), null]);
  });

  it('finds a product by its id before its permalink', () => {
    const yaml = 'gumroad: [{permalinks: [a], tier: lite, years: 1}, {product_ids: [X==], tier: pro, years: 2}]';
    expect(find(yaml, 'a', 'X==')).toEqual({ tier: 'pro', years: 2 });
    expect(find(yaml, 'a')).toEqual({ tier: 'lite', years: 1 });
    expect(find(yaml, null)).toBeNull();
  });

  it('finds a variant by itself or with its product, before the product', () => {
    const yaml =
      'stripe: [{product_ids: [prod_1], tier: lite, years: 1}, {variants: [price_2], tier: pro, years: 1}, {product_ids: [prod_1], variants: [price_3], tier: core, years: 1}]';
    const catalog = new ProductCatalog(yaml);
    const tierOf = (id: string, variant: string | null) =>
      catalog.find('stripe', { id, permalink: null, variant })?.tier ?? null;
    expect([tierOf('prod_1', null), tierOf('prod_1', 'price_9')]).toEqual(['lite', 'lite']);
    expect([tierOf('prod_1', 'price_2'), tierOf('prod_9', 'price_2')]).toEqual(['pro', 'pro']);
    expect([tierOf('prod_1', 'price_3'), tierOf('prod_9', 'price_3')]).toEqual(['core', null]);
    expect(catalog.find('paddle', { id: 'prod_1', permalink: null, variant: 'price_2' })).toBeNull();
  });

  it('tells everything that is wrong at once', () => {
    const yaml =
      'gumroad: [{permalinks: [a], tier: gold, years: 0}, 7, {tier: pro, years: 1}, {permalinks: [b], tier: pro, years: 1}, {permalinks: [b], tier: pro, years: 1}]';
    expect(() => new ProductCatalog(yaml)).toThrow(
      /tier[^]*years[^]*\[1\] is no mapping[^]*\[2\] has neither[^]*listed twice/,
    );
    expect(() => new ProductCatalog('gumroad: 7')).toThrow(/no list/);
    expect(() => new ProductCatalog('a: [')).toThrow(/no YAML/);
  });

  it('refuses what it does not know, by name: a member or a store that is only mistyped maps nothing', () => {
    const mistyped = 'gumroad: [{permalinks: [a], tier: pro, years: 1, in_bundel: license}]\ngumrod: []';
    expect(() => new ProductCatalog(mistyped)).toThrow(
      /gumroad\[0\]\.in_bundel is not known; a product has .*in_bundle[^]*gumrod is no store; there are gumroad,/,
    );
    expect(() => new ProductCatalog('[]')).toThrow(/is no mapping of stores/);
    expect(new ProductCatalog('').find('gumroad', { id: null, permalink: 'a' })).toBeNull();
  });
});
