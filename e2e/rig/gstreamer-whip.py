"""Publishes a 440 Hz tone through WHIP with GStreamer's webrtcbin: URL TOKEN SECONDS. Debian: python3-gst-1.0,
gir1.2-gst-plugins-bad-1.0, gstreamer1.0-plugins-bad, gstreamer1.0-plugins-good, gstreamer1.0-nice."""

import sys
import urllib.request

import gi

gi.require_version('Gst', '1.0')
gi.require_version('GstWebRTC', '1.0')
gi.require_version('GstSdp', '1.0')
from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402

url, token, seconds = sys.argv[1], sys.argv[2], int(sys.argv[3])
Gst.init(None)
pipeline = Gst.parse_launch(
    'webrtcbin name=peer bundle-policy=max-bundle '
    'audiotestsrc is-live=true wave=sine freq=440 volume=0.3 ! audio/x-raw,rate=48000,channels=1 '
    '! audioconvert ! opusenc inband-fec=true ! rtpopuspay pt=111 '
    '! application/x-rtp,media=audio,encoding-name=OPUS,payload=111,encoding-params=(string)2 ! peer.'
)
peer = pipeline.get_by_name('peer')
loop = GLib.MainLoop()
session = None
failed = []


def ask(method, address, body=None):
    headers = {'authorization': 'Bearer ' + token}
    if body is not None:
        headers['content-type'] = 'application/sdp'
    return urllib.request.urlopen(urllib.request.Request(address, data=body, method=method, headers=headers))


def offer():
    global session
    if session is not None:
        return
    response = ask('POST', url, peer.get_property('local-description').sdp.as_text().encode())
    session = url.split('/r/')[0] + response.headers['location']
    _, message = GstSdp.SDPMessage.new_from_text(response.read().decode())
    answer = GstWebRTC.WebRTCSessionDescription.new(GstWebRTC.WebRTCSDPType.ANSWER, message)
    peer.emit('set-remote-description', answer, None)


def gathered(*_):
    if peer.get_property('ice-gathering-state') == GstWebRTC.WebRTCICEGatheringState.COMPLETE:
        GLib.idle_add(offer)


def made(promise, *_):
    # The reply owns the description: it has to live as long.
    reply = promise.get_reply()
    reply.to_string()
    description = reply.get_value('offer')
    assert description.sdp is not None
    peer.emit('set-local-description', description, Gst.Promise.new())


def negotiate(_):
    peer.emit('create-offer', None, Gst.Promise.new_with_change_func(made, None, None))


def heard(_, message):
    if message.type == Gst.MessageType.ERROR:
        failed.append(str(message.parse_error()))
        loop.quit()


def stop():
    if session is None:
        failed.append('no session')
    else:
        ask('DELETE', session)
    loop.quit()
    return False


peer.connect('notify::ice-gathering-state', gathered)
peer.connect('on-negotiation-needed', negotiate)
bus = pipeline.get_bus()
bus.add_signal_watch()
bus.connect('message', heard)
pipeline.set_state(Gst.State.PLAYING)
GLib.timeout_add_seconds(seconds, stop)
loop.run()
pipeline.set_state(Gst.State.NULL)
sys.exit('; '.join(failed) or 0)
