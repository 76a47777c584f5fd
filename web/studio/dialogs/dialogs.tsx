import { SoundForm } from '../check/sound-form.tsx';
import { useConsole, useWords } from '../console/context.ts';
import { Confirm, Dialog } from '../controls/dialog.tsx';
import { AnnounceForm } from './announce-form.tsx';
import { CancelForm } from './cancel-form.tsx';
import { CheatSheet } from './cheat-sheet.tsx';

/** The dialog that is open, if any. */
export function Dialogs() {
  const { dialog, host, leave, joinAndGoLive, recording } = useConsole();
  const words = useWords();
  switch (dialog.value) {
    case 'keys':
      return <CheatSheet />;
    case 'sound':
      return (
        <Dialog title={words.sound}>
          <SoundForm />
        </Dialog>
      );
    case 'end':
      return (
        <Confirm
          title={words.end}
          text={words.endSure}
          yes={words.endYes}
          run={() => void host.change('end')}
        />
      );
    case 'announce':
      return <AnnounceForm />;
    case 'cancel':
      return <CancelForm />;
    case 'links':
      return (
        <Confirm
          title={words.voidLinks}
          text={words.voidSure}
          yes={words.voidYes}
          run={() => void host.renewLinks()}
        />
      );
    case 'recording':
      return (
        <Confirm
          title={words.removeRecording}
          text={words.removeRecordingSure}
          yes={words.removeRecordingYes}
          run={() =>
            void host.removeRecording().then((done) => {
              if (done) recording.removed.value = true;
            })
          }
        />
      );
    case 'empty-stage':
      return <EmptyStage join={() => void joinAndGoLive()} live={() => void host.change('live')} />;
    case 'leave':
      return <Confirm title={words.leave} text={words.leaveSure} yes={words.leaveYes} run={leave} />;
    default:
      return null;
  }
}

/** Asks before going live with nobody on stage; offers three ways on. */
function EmptyStage({ join, live }: { join: () => void; live: () => void }) {
  const { dialog, phase } = useConsole();
  const words = useWords();
  const answer = (run?: () => void) => () => {
    dialog.value = undefined;
    run?.();
  };
  return (
    <Dialog title={words.emptyTitle}>
      <p>{words.emptyText}</p>
      <p class="row end">
        <button type="button" class="button quiet" onClick={answer()}>
          {words.cancel}
        </button>
        <button type="button" class="button quiet" onClick={answer(live)}>
          {words.emptyLive}
        </button>
        {phase.value === 'check' && (
          <button type="button" class="button" onClick={answer(join)} autofocus>
            {words.joinAndGoLive}
          </button>
        )}
      </p>
    </Dialog>
  );
}
