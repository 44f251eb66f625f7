import { Injectable } from '@nestjs/common';
import { Bus } from '#bus';
import { ERASING_APPS, PersonalData, PersonalDataExported, type PersonalDataRequest } from '#contracts';
import { Outbox } from '#persistence';

/** The other services' parts of an export. */
@Injectable()
export class PersonalDataParts {
  constructor(
    private readonly bus: Bus,
    private readonly outbox: Outbox,
  ) {}

  /** Asks all of them at once. @throws Refusal `unavailable` */
  async collect(whose: PersonalDataRequest): Promise<Record<string, unknown>> {
    const answers = ERASING_APPS.map(async (app) => {
      const { data } = await this.bus.send(PersonalData[app], whose);
      return [app, data] as const;
    });
    return Object.fromEntries(await Promise.all(answers));
  }

  tell(userId: string): Promise<void> {
    return this.outbox.append(PersonalDataExported, { user_id: userId }, { key: userId });
  }
}
