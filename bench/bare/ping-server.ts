import http from 'node:http';
import { text } from 'node:stream/consumers';
import pg from 'pg';

/** What any intake of pings has to do at least: read the body, one insert, 200. */
const [, , database] = process.argv;
const pool = new pg.Pool({ connectionString: database, max: 10 });
await pool.query('create table if not exists bench_pings (id uuid primary key default uuidv7(), raw bytea not null)');
const server = http.createServer((request, response) => {
  void text(request)
    .then((body) => pool.query('insert into bench_pings (raw) values ($1)', [Buffer.from(body)]))
    .then(
      () => response.writeHead(200).end(),
      () => response.writeHead(503).end(),
    );
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as { port: number }).port}\n`);
});
process.once('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
  void pool.query('drop table bench_pings').then(() => pool.end());
});
