import CCurl

/// libcurl's handle for many transfers at once.
///
/// Unchecked, for it is only a pointer: every call is made on the engine thread, or before that begins or when none does,
/// except `wake`, which libcurl allows on any thread (https://curl.se/libcurl/c/curl_multi_wakeup.html). That no `wake`
/// comes after `destroy` is ``Mailbox``'s duty.
struct MultiHandle: @unchecked Sendable {
    private let multi: UnsafeMutableRawPointer

    init(_ configuration: HTTPClient.Configuration) throws(HTTPError) {
        guard let multi = curl_multi_init() else {
            throw HTTPError(.invalidRequest, "libcurl gave no multi handle", wasSent: false)
        }
        self.multi = multi
        let connections = max(1, configuration.maximumConnectionsPerHost)
        set(CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX)
        set(CURLMOPT_MAX_CONCURRENT_STREAMS, max(1, configuration.maximumStreamsPerConnection))
        set(CURLMOPT_MAX_HOST_CONNECTIONS, connections)
        // Otherwise the pool shrinks with the number of transfers, and a burst's connections are lost after it.
        set(CURLMOPT_MAXCONNECTS, connections)
    }

    private func set(_ option: CURLMoption, _ value: Int) {
        _ = crew_multi_set_long(multi, option, value)
    }

    func add(_ easy: EasyHandle) -> Bool {
        curl_multi_add_handle(multi, easy.curl) == CURLM_OK
    }

    /// Ends a transfer at once: HTTP/1.1 closes the connection, HTTP/2 resets the stream.
    func remove(_ easy: EasyHandle) {
        curl_multi_remove_handle(multi, easy.curl)
    }

    /// Takes a transfer out in the middle.
    ///
    /// On a shared HTTP/2 connection libcurl only resets the stream, and keeps that to itself until something else moves
    /// on the connection: the server would go on generating. A connection that nobody else uses is closed instead.
    func abandon(_ easy: EasyHandle) {
        _ = crew_easy_set_long(easy.curl, CURLOPT_FORBID_REUSE, 1)
        remove(easy)
    }

    func perform() {
        var running: CInt = 0
        curl_multi_perform(multi, &running)
    }

    func poll(milliseconds: Int32) {
        var ready: CInt = 0
        curl_multi_poll(multi, nil, 0, milliseconds, &ready)
    }

    func wake() {
        curl_multi_wakeup(multi)
    }

    /// The next transfer that is over, and how it ended.
    func nextFinished() -> (easy: UnsafeMutableRawPointer, code: CURLcode)? {
        var code = CURLE_OK
        return crew_multi_next_finished(multi, &code).map { ($0, code) }
    }

    func destroy() {
        curl_multi_cleanup(multi)
    }
}
