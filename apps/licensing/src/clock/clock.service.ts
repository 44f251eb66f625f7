import { Injectable } from '@nestjs/common';

/** The one place that says what time it is; statements get it as a parameter. */
@Injectable()
export class Clock {
  now(): Date {
    return new Date();
  }
}
