import { Controller, Delete } from '@nestjs/common';
import { Bus, type SendAs } from '#bus';
import { CustomerErasure, EraseCustomer, EraseCustomerRequest } from '#contracts';
import { Ask } from '../edge/ask.js';
import { Input } from '../edge/input.js';
import { Serves } from '../edge/route.js';

const description =
  'Erases a buyer by address in every service that knows buyers, with or without an account; what accounting needs ' +
  'stays, without the person. `?dry_run=true` only says what would be erased. Again is no harm: after a 503, ask again.';

@Controller('internal/customers')
export class CustomersController {
  constructor(private readonly bus: Bus) {}

  /** Orders first: they make no license any more by the time when licenses are gone through. */
  @Delete(':email')
  @Serves(EraseCustomer.licensing, {
    also: [EraseCustomer.fulfillment],
    instance: '/internal/customers',
    docs: { tag: 'Internal: fulfillment', description, answer: CustomerErasure },
  })
  async erase(@Input() input: EraseCustomerRequest, @Ask() ask: SendAs): Promise<CustomerErasure> {
    const orders = await this.bus.send(EraseCustomer.fulfillment, input, ask);
    const licenses = await this.bus.send(EraseCustomer.licensing, input, ask);
    const rows = [...orders.rows, ...licenses.rows];
    return { erased: rows.reduce((sum, row) => sum + row.rows, 0), dry_run: input.dry_run ?? false, rows };
  }
}
