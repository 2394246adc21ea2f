// A receiver of notices by Standard Webhooks, in TypeScript: PORT=8080 CRM_WEBHOOK_SECRET=whsec_… node receiver.js
import { createServer } from 'node:http';
import { Webhook } from 'standardwebhooks';

const webhook = new Webhook(process.env['CRM_WEBHOOK_SECRET'] ?? '');
/** Where notices are kept for good in your system: a repeated message has the same id and must count once. */
const seen = new Set<string>();

createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  // The signature is of the bytes as they came: verify before anything is parsed.
  const body = Buffer.concat(chunks).toString('utf8');
  try {
    const notice = webhook.verify(body, request.headers as Record<string, string>) as Notice;
    const id = String(request.headers['webhook-id']);
    if (!seen.has(id)) {
      seen.add(id);
      process.stdout.write(`${notice.type} ${notice.data.client.id} ${notice.data.availableBalance}\n`);
    }
    response.writeHead(204).end();
  } catch {
    response.writeHead(401).end('the signature is wrong');
  }
}).listen(Number(process.env['PORT'] ?? 8080), '127.0.0.1');

interface Notice {
  readonly type: 'balance.low' | 'balance.recovered';
  readonly data: { readonly client: { readonly id: string }; readonly availableBalance: string };
}
