/** Something a person can cure. `message` is the one sentence he sees; everything else is a defect and shows its stack. */
export class Failure extends Error {
  name = 'Failure';
}
