import { canChooseSink, type Device } from '../../capture/index.ts';
import { useConsole, useWords } from '../console/context.ts';

/** Choice of microphone and loudspeaker, and the processing of the sound. */
export function SoundForm({ brief }: { brief?: boolean }) {
  const { voice, settings } = useConsole();
  const words = useWords();
  const choice = settings.microphone.value;
  const { inputs, outputs } = voice.devices.value;
  const set = (it: Parameters<typeof voice.choose>[0]) => void voice.choose(it);
  return (
    <div class="sound-form">
      <Choice
        label={words.microphone}
        first={words.systemDefault}
        devices={inputs}
        value={choice.deviceId ?? ''}
        change={(deviceId) => set({ deviceId })}
      />
      {canChooseSink() && outputs.length > 0 && (
        <Choice
          label={words.loudspeaker}
          first={words.systemDefault}
          devices={outputs}
          value={settings.sink.value}
          change={(id) => {
            settings.sink.value = id;
          }}
        />
      )}
      {brief ? (
        <details>
          <summary>{words.sound}</summary>
          <Processing />
        </details>
      ) : (
        <div>
          <Processing />
        </div>
      )}
    </div>
  );
}

/** What is done with the sound of the microphone, and how the page is used with it. */
function Processing() {
  const { voice, settings } = useConsole();
  const words = useWords();
  const choice = settings.microphone.value;
  const set = (it: Parameters<typeof voice.choose>[0]) => void voice.choose(it);
  return (
    <>
      <Switch
        label={words.musicMode}
        hint={words.musicHint}
        on={choice.music}
        change={(music) => set({ music })}
      />
      {!choice.music && (
        <>
          <Switch
            label={words.echo}
            on={choice.echoCancellation}
            change={(on) => set({ echoCancellation: on })}
          />
          <Switch
            label={words.noise}
            on={choice.noiseSuppression}
            change={(on) => set({ noiseSuppression: on })}
          />
          <Switch
            label={words.gain}
            on={choice.autoGainControl}
            change={(on) => set({ autoGainControl: on })}
          />
        </>
      )}
      <Switch
        label={words.pushToTalk}
        on={settings.pushToTalk.value}
        change={(on) => {
          settings.pushToTalk.value = on;
        }}
      />
      <Switch
        label={words.spokenWarnings}
        on={settings.spokenWarnings.value}
        change={(on) => {
          settings.spokenWarnings.value = on;
        }}
      />
    </>
  );
}

function Choice(props: {
  label: string;
  first: string;
  devices: readonly Device[];
  value: string;
  change: (id: string) => void;
}) {
  const rest = props.devices.filter((device) => device.id !== 'default' && device.label);
  const known = rest.some((device) => device.id === props.value);
  return (
    <label>
      {props.label}
      <select value={known ? props.value : ''} onChange={(event) => props.change(event.currentTarget.value)}>
        <option value="">{props.first}</option>
        {rest.map((device) => (
          <option key={device.id} value={device.id}>
            {device.label}
          </option>
        ))}
      </select>
    </label>
  );
}

/** A switch with its label. */
export function Switch(props: { label: string; hint?: string; on: boolean; change: (on: boolean) => void }) {
  return (
    <label class="switch">
      <input
        type="checkbox"
        role="switch"
        aria-checked={props.on}
        checked={props.on}
        onChange={(event) => props.change(event.currentTarget.checked)}
      />
      <span class="switch-text">
        {props.label}
        {props.hint && <small>{props.hint}</small>}
      </span>
    </label>
  );
}
