import path from 'node:path';

/** A file as it was named on the command line: from where the person is, also by way of `npm run` or `npx`. */
export const givenFile = (name: string): string => path.resolve(process.env.INIT_CWD ?? process.env.PWD ?? '.', name);
