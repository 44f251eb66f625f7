import { getMetadataStorage, type MetadataStorage } from 'class-validator';

type Find = MetadataStorage['getTargetValidationMetadatas'];

/**
 * Has class-validator look up the rules of a class once. It would go through all classes of the process for every
 * object that it checks, each item of a list included, which costs more than to check it. Rules are declared by
 * decorators, so they are complete before the first object of their class.
 */
export function rememberRules(): void {
  const storage = getMetadataStorage();
  const find: Find = storage.getTargetValidationMetadatas.bind(storage);
  const known = new Map<Parameters<Find>[0], ReturnType<Find>>();
  storage.getTargetValidationMetadatas = (target, schema, always, strictGroups, groups) => {
    // Messages have no groups; whoever asks for some is answered as ever. A schema is the name of the class that an
    // object is nested in, and means rules without a class, of which there are none.
    if (groups?.length) return find(target, schema, always, strictGroups, groups);
    const rules = known.get(target) ?? find(target, schema, always, strictGroups, groups);
    known.set(target, rules);
    return rules;
  };
}
