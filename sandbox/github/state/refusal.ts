/** One entry of the list that a 422 carries. */
export interface FieldError {
  readonly resource: string;
  readonly field?: string;
  readonly code: string;
  readonly message?: string;
}

/** A request that GitHub does not do, in GitHub's words. */
export class Refusal extends Error {
  readonly status: number;
  readonly errors: readonly FieldError[] | undefined;

  constructor(status: number, message: string, errors?: readonly FieldError[]) {
    super(message);
    this.name = 'Refusal';
    this.status = status;
    this.errors = errors;
  }
}

export function notFound(): Refusal {
  return new Refusal(404, 'Not Found');
}

export function notAccessible(): Refusal {
  return new Refusal(403, 'Resource not accessible by integration');
}

/** `Validation Failed` for a reason that is no single field's. */
export function failed(resource: string, message: string): Refusal {
  return new Refusal(422, 'Validation Failed', [{ resource, code: 'custom', message }]);
}

/** `Validation Failed`, with the field and the reason. */
export function invalid(resource: string, field: string, message: string): Refusal {
  const error = { resource, field, code: 'custom', message };
  return new Refusal(422, 'Validation Failed', [error]);
}
