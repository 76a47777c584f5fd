# Earshot behind Varnish. Written by `earshot edge varnish`; write it again rather than edit it.
# Start it with room for a crowd that waits for one object:
#   varnishd -f earshot.vcl -a :80 -p thread_pool_max=5000 -p thread_queue_limit=20000 -p timeout_linger=0 -s malloc,1G
vcl 4.1;

backend default {
    .host = "earshot";
    .port = "8080";
    .connect_timeout = 2s;
    # The origin holds a request for what does not exist yet up to 15 s.
    .first_byte_timeout = 20s;
    .between_bytes_timeout = 20s;
}

# A proxy on this machine (TLS, a second row) says who asked; Varnish adds what it sees to its list. Name others here.
acl nearby {
    "127.0.0.0"/8;
    "::1";
}

sub vcl_recv {
    unset req.http.X-Earshot;
    # Who asks is what is seen, whatever a client wrote.
    unset req.http.X-Forwarded-Host;
    unset req.http.Forwarded;
    if (client.ip !~ nearby) {
        set req.http.X-Forwarded-For = client.ip;
        set req.http.X-Forwarded-Proto = "http";
    }
    # The path alone decides; of the query only some counts.
    set req.http.X-Path = regsub(req.url, "\?.*$", "");
    if (req.method != "GET" && req.method != "HEAD") {
        return (pass);
    }
    # Endless: bytes go through as they come.
    if (req.http.X-Path ~ "^/r/[a-z0-9-]{1,64}(~[0-9a-f]{40})?(/stream|/radio\.(aac|opus|mp3))$") {
        return (pipe);
    }
    if (req.http.X-Path ~ "^/r/[a-z0-9-]{1,64}(~[0-9a-f]{40})?(/live/[a-z]{2,8}[0-9]{1,4}/[0-9]{1,10}\.m4s|/live/[a-z]{2,8}[0-9]{1,4}/init\.mp4|/replay/[a-z]{2,8}[0-9]{1,4}/[0-9]{1,10}\.m4s|/replay/[a-z]{2,8}[0-9]{1,4}/[0-9]{1,10}-[0-9]{1,2}\.m4s|/replay/[a-z]{2,8}[0-9]{1,4}/init\.mp4)$") { set req.http.X-Earshot = "segment"; }
    if (req.http.X-Path ~ "^/r/[a-z0-9-]{1,64}(~[0-9a-f]{40})?/live/[a-z]{2,8}[0-9]{1,4}/[0-9]{1,10}\.[0-9]{1,2}\.m4s$") { set req.http.X-Earshot = "part"; }
    if (req.http.X-Path ~ "^/r/[a-z0-9-]{1,64}(~[0-9a-f]{40})?(/live/[a-z]{2,8}[0-9]{1,4}\.(slow|ring)\.m3u8|/live/(main|opus)\.m3u8|/live/(slow|opus\.slow)\.m3u8|/live/steering\.json|/replay/(main|opus)\.m3u8|/replay/[a-z]{2,8}[0-9]{1,4}\.m3u8|/replay/outline\.json|/replay/chapters\.json|/replay/waveform\.json)$") { set req.http.X-Earshot = "slow-playlist"; }
    if (req.http.X-Path ~ "^/r/[a-z0-9-]{1,64}(~[0-9a-f]{40})?/live/[a-z]{2,8}[0-9]{1,4}\.m3u8$") { set req.http.X-Earshot = "playlist"; }
    if (req.http.X-Path ~ "^(/r/[a-z0-9-]{1,64}(~[0-9a-f]{40})?/state\.json|/r/[a-z0-9-]{1,64}(~[0-9a-f]{40})?/numbers\.json|/rooms\.json|/operate\.json|/r/[a-z0-9-]{1,64}(~[0-9a-f]{40})?/queue\.json|/r/[a-z0-9-]{1,64}(~[0-9a-f]{40})?/questions\.json|/evidence/checkpoint|/evidence/keys\.json|/r/[a-z0-9-]{1,64}(~[0-9a-f]{40})?/evening\.json)$") { set req.http.X-Earshot = "state"; }
    if (req.http.X-Path ~ "^(/_/[A-Za-z0-9_./-]{1,120}|/evidence/tile/[A-Za-z0-9_./-]{1,120}|/evidence/entry/[0-9]{1,10})$") { set req.http.X-Earshot = "asset"; }
    if (req.http.X-Path ~ "^/_image/[A-Za-z0-9_./-]{1,120}$") { set req.http.X-Earshot = "image"; }
    if (req.http.X-Path ~ "^(/r/[a-z0-9-]{1,64}(~[0-9a-f]{40})?/clip/[A-Za-z0-9_-]{1,64}\.svg|/r/[a-z0-9-]{1,64}(~[0-9a-f]{40})?/clip/[A-Za-z0-9_-]{1,64}|/|/r/[a-z0-9-]{1,64}(~[0-9a-f]{40})?|/r/[a-z0-9-]{1,64}(~[0-9a-f]{40})?/numbers|/r/[a-z0-9-]{1,64}(~[0-9a-f]{40})?/numbers/[a-z_]{4,32}\.svg|/embed/r/[a-z0-9-]{1,64}(~[0-9a-f]{40})?|/r/[a-z0-9-]{1,64}(~[0-9a-f]{40})?/embed|/verify|/numbers|/privacy|/operate|/errors|/favicon\.(svg|ico)|/robots\.txt|/(incidents|incidents\.html|incidents\.fr\.html)|/incidents/[A-Za-z0-9_-][A-Za-z0-9_.-]{0,127}(/[A-Za-z0-9_-][A-Za-z0-9_.-]{0,127}){0,7}|/api)$") { set req.http.X-Earshot = "page"; }
    if (req.http.X-Earshot == "page" && req.url ~ "[?&]ticket=|[?&]lang=") {
        unset req.http.X-Earshot;
    }
    if (!req.http.X-Earshot) {
        # Signalling is answered bit by bit, for hours.
        if (req.http.X-Path ~ "^/r/[a-z0-9-]{1,64}(~[0-9a-f]{40})?/backstage$") {
            return (pipe);
        }
        return (pass);
    }
    unset req.http.Cookie;
    unset req.http.Authorization;
    # Pages come in two languages; the first that is named of them is the one that is wanted.
    if (req.http.X-Earshot == "page") {
        if (req.http.Accept-Language ~ "(?i)^([^fe]|f[^r]|e[^n])*fr") {
            set req.http.Accept-Language = "fr";
        } else {
            set req.http.Accept-Language = "en";
        }
    }
    # Of the query only what names another object; random query strings are one object.
    if (req.http.X-Earshot == "playlist") {
        unset req.http.X-Query;
        if (req.url ~ "[?&]_HLS_msn=[0-9]{1,10}(&|$)") {
            set req.http.X-Query = "?_HLS_msn=" + regsub(req.url, "^.*[?&]_HLS_msn=([0-9]{1,10})(&.*)?$", "\1");
            if (req.url ~ "[?&]_HLS_part=[0-9]{1,2}(&|$)") {
                set req.http.X-Query = req.http.X-Query + "&_HLS_part=" + regsub(req.url, "^.*[?&]_HLS_part=([0-9]{1,2})(&.*)?$", "\1");
            }
        }
        if (req.url ~ "[?&]_HLS_skip=(YES|v2)(&|$)") {
            if (req.http.X-Query) {
                set req.http.X-Query = req.http.X-Query + "&_HLS_skip=YES";
            } else {
                set req.http.X-Query = "?_HLS_skip=YES";
            }
        }
        set req.url = req.http.X-Path + req.http.X-Query;
        unset req.http.X-Query;
    } else {
        set req.url = req.http.X-Path;
    }
    # Old copies stand in for seconds while they are asked again; for as long as kept when the origin has just failed.
    if (req.restarts == 0) {
        set req.grace = 2s;
    } else {
        set req.grace = 24h;
    }
    return (hash);
}

sub vcl_hash {
    # The same bytes under every name, but for pages: they say where they are.
    hash_data(req.url);
    if (req.url ~ "^(/r/[a-z0-9-]{1,64}(~[0-9a-f]{40})?/clip/[A-Za-z0-9_-]{1,64}\.svg|/r/[a-z0-9-]{1,64}(~[0-9a-f]{40})?/clip/[A-Za-z0-9_-]{1,64}|/|/r/[a-z0-9-]{1,64}(~[0-9a-f]{40})?|/r/[a-z0-9-]{1,64}(~[0-9a-f]{40})?/numbers|/r/[a-z0-9-]{1,64}(~[0-9a-f]{40})?/numbers/[a-z_]{4,32}\.svg|/embed/r/[a-z0-9-]{1,64}(~[0-9a-f]{40})?|/r/[a-z0-9-]{1,64}(~[0-9a-f]{40})?/embed|/verify|/numbers|/privacy|/operate|/errors|/favicon\.(svg|ico)|/robots\.txt|/(incidents|incidents\.html|incidents\.fr\.html)|/incidents/[A-Za-z0-9_-][A-Za-z0-9_.-]{0,127}(/[A-Za-z0-9_-][A-Za-z0-9_.-]{0,127}){0,7}|/api)$") {
        hash_data(req.http.host);
    }
    return (lookup);
}

sub vcl_pipe {
    set bereq.http.Connection = "close";
    return (pipe);
}

sub vcl_backend_fetch {
    unset bereq.http.X-Path;
    # Hold music is decoded before it is answered.
    if (bereq.url ~ "^/api/rooms/[a-z0-9-]{1,64}(~[0-9a-f]{40})?/music$") {
        set bereq.first_byte_timeout = 120s;
    }
}

sub vcl_backend_response {
    if (!bereq.http.X-Earshot) {
        return (deliver);
    }
    unset beresp.http.Set-Cookie;
    if (beresp.status >= 500) {
        if (bereq.is_bgfetch) {
            return (abandon);
        }
        set beresp.ttl = 0s;
        set beresp.grace = 0s;
        return (deliver);
    }
    if (beresp.status >= 400) {
        # Not yet, or never: said again for half a second, so that a crowd asks once.
        set beresp.ttl = 500ms;
        set beresp.grace = 0s;
        return (deliver);
    }
    set beresp.grace = 60s;
    if (bereq.url ~ "^/r/[a-z0-9-]{1,64}(~[0-9a-f]{40})?(/live/[a-z]{2,8}[0-9]{1,4}/[0-9]{1,10}\.m4s|/live/[a-z]{2,8}[0-9]{1,4}/init\.mp4|/replay/[a-z]{2,8}[0-9]{1,4}/[0-9]{1,10}\.m4s|/replay/[a-z]{2,8}[0-9]{1,4}/[0-9]{1,10}-[0-9]{1,2}\.m4s|/replay/[a-z]{2,8}[0-9]{1,4}/init\.mp4)$") {
        set beresp.grace = 24h;
    }
    return (deliver);
}

sub vcl_deliver {
    # The origin is away: an old copy is better than a refusal.
    if (resp.status >= 500 && req.http.X-Earshot && req.restarts == 0) {
        return (restart);
    }
    if (obj.hits > 0) {
        set resp.http.X-Cache = "HIT";
    } else {
        set resp.http.X-Cache = "MISS";
    }
    unset resp.http.X-Varnish;
    unset resp.http.Via;
}

