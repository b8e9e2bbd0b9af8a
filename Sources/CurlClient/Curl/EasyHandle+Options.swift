import CCurl

extension EasyHandle {
    /// Sets what is the same for all transfers.
    func setUp(_ configuration: HTTPClient.Configuration) -> CURLcode {
        let context = Unmanaged.passUnretained(self).toOpaque()
        var options = EasyOptions(curl)
        options.set(CURLOPT_PRIVATE, context)
        options.set(CURLOPT_ERRORBUFFER, errorText)
        options.set(CURLOPT_NOSIGNAL, 1)
        options.set(CURLOPT_NOPROGRESS, 1)
        options.set(CURLOPT_FOLLOWLOCATION, 0)
        options.set(CURLOPT_SSL_VERIFYPEER, 1)
        options.set(CURLOPT_SSL_VERIFYHOST, 2)
        options.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        options.set(CURLOPT_TCP_KEEPALIVE, 1)
        let http1 =
            configuration.version == .http1 || CurlLibrary.shared.needsHTTP1(withProxy: configuration.mayUseProxy)
        options.set(CURLOPT_HTTP_VERSION, http1 ? CURL_HTTP_VERSION_1_1 : CURL_HTTP_VERSION_2TLS)
        options.check(crew_easy_allow_http_only(curl))
        if let file = configuration.certificateAuthorityFile {
            options.set(CURLOPT_CAINFO, file)
            // Otherwise libcurl would go on trusting the folder that it was built with.
            options.clear(CURLOPT_CAPATH)
        }
        if let directory = configuration.certificateAuthorityDirectory { options.set(CURLOPT_CAPATH, directory) }
        // Asks for nothing compressed, and decodes what is sent compressed all the same.
        options.set(CURLOPT_ACCEPT_ENCODING, "identity")
        switch configuration.proxy {
        case .environment: break
        case .none: options.set(CURLOPT_PROXY, "")
        case .url(let url): options.set(CURLOPT_PROXY, url)
        }

        options.set(CURLOPT_WRITEDATA, context)
        options.set(CURLOPT_HEADERDATA, context)
        options.set(CURLOPT_PREREQDATA, context)
        options.check(
            crew_easy_set_data_callback(curl, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
                withHandle(context) { $0.receive(body: UnsafeRawBufferPointer(start: bytes, count: size * count)) }
                    ? size * count : 0
            }
        )
        options.check(
            crew_easy_set_data_callback(curl, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
                withHandle(context) {
                    $0.receive(headerLine: UnsafeRawBufferPointer(start: bytes, count: size * count))
                }
                    ? size * count : 0
            }
        )
        options.check(
            crew_easy_set_prereq_callback(curl) { context, peer, _, _, _ in
                withHandle(context) { $0.mayUse(connectionTo: peer) && $0.willSend() }
                    ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
            }
        )
        options.set(CURLOPT_OPENSOCKETDATA, context)
        options.check(
            crew_easy_set_open_socket_callback(curl) { context, purpose, address in
                guard let address, withHandle(context, { $0.mayConnect(to: address) }) else { return -1 }
                return crew_open_socket(context, purpose, address)
            }
        )
        return options.result
    }

    /// Sets what differs from transfer to transfer: all of it, each time, for the handle is used again.
    func setUp(_ request: HTTPRequest) -> CURLcode {
        var options = EasyOptions(curl)
        options.set(CURLOPT_URL, request.url)
        // A burst waits for its first connection to turn out as HTTP/2 instead of opening one for each request. Not
        // without TLS: only the first answer would tell then, and with an HTTP/1.1 server that may take minutes.
        options.set(CURLOPT_PIPEWAIT, request.url.utf8.starts(with: "https:".utf8) ? 1 : 0)
        options.set(CURLOPT_CONNECTTIMEOUT_MS, max(1, request.timeouts.connect))
        if let file = request.certificateAuthorityFile {
            // In place of all that is trusted otherwise.
            options.set(CURLOPT_CAINFO, file)
            options.clear(CURLOPT_CAPATH)
        }

        options.set(CURLOPT_HTTPGET, 1)
        if request.method == "HEAD" {
            options.set(CURLOPT_NOBODY, 1)
            options.clear(CURLOPT_CUSTOMREQUEST)
        } else {
            let hasBody = !request.body.isEmpty || request.method == "POST"
            if hasBody { setUp(body: request.body, &options) }
            let isDefault = request.method == (hasBody ? "POST" : "GET")
            if isDefault {
                options.clear(CURLOPT_CUSTOMREQUEST)
            } else {
                options.set(CURLOPT_CUSTOMREQUEST, request.method)
            }
        }
        setUp(headers: request.headers, &options)
        return options.result
    }

    /// Gives libcurl the array's own storage: the exchange holds the array until the transfer is over, and a storage
    /// that is held is neither moved nor changed.
    private func setUp(body: [UInt8], _ options: inout EasyOptions) {
        options.set(CURLOPT_POST, 1)
        options.check(crew_easy_set_offset(curl, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count)))
        body.withUnsafeBytes { bytes in
            // Without a pointer libcurl would read the body from standard input.
            let start = bytes.isEmpty ? nil : bytes.baseAddress
            options.set(CURLOPT_POSTFIELDS, start ?? UnsafeRawPointer(errorText))
        }
    }

    private func setUp(headers: [(name: String, value: String)], _ options: inout EasyOptions) {
        // The same array as the time before, as a model's requests have it: the list stands.
        if headerList != nil, headers.isSameStorage(as: listedHeaders) { return }
        curl_slist_free_all(headerList)
        headerList = nil
        listedHeaders = headers
        var namesType = false
        for (name, value) in headers {
            namesType = namesType || name.lowercased() == "content-type"
            // A colon with nothing after it would remove the header.
            add(header: value.isEmpty ? "\(name);" : "\(name): \(value)", &options)
        }
        // Otherwise libcurl waits a second for a 100 before it sends a large body,
        add(header: "Expect:", &options)
        // and calls every body a form.
        if !namesType { add(header: "Content-Type:", &options) }
        options.check(crew_easy_set_list(curl, CURLOPT_HTTPHEADER, headerList))
    }

    private func add(header: String, _ options: inout EasyOptions) {
        guard let longer = curl_slist_append(headerList, header) else { return options.check(CURLE_OUT_OF_MEMORY) }
        headerList = longer
    }
}

extension Array {
    fileprivate func isSameStorage(as other: [Element]) -> Bool {
        count == other.count
            && withUnsafeBufferPointer { own in other.withUnsafeBufferPointer { $0.baseAddress == own.baseAddress } }
    }
}

private func withHandle(_ context: UnsafeMutableRawPointer?, _ body: (EasyHandle) -> Bool) -> Bool {
    guard let context else { return false }
    return Unmanaged<EasyHandle>.fromOpaque(context)._withUnsafeGuaranteedRef(body)
}
