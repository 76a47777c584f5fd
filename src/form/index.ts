/** The parts of forms, and the answers that pages with forms give: one kit for accounts, moderation and posts. */
export {
  button,
  buttonLine,
  type ControlExtras,
  checkBox,
  choice,
  day,
  doneNote,
  field,
  labelled,
  lineField,
  moment,
  named,
  own,
  refusedNote,
  rowButton,
  sentTo,
  sentWithFiles,
  textField,
  time,
} from './fields.ts';
export { type FormFrame, type FormPage, formAnswer, goOn, sentFields } from './form-page.ts';
