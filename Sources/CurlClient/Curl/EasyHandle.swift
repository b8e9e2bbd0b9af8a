import CCurl

/// libcurl's handle for one transfer at a time; lives on the engine thread and is used again after a success.
final class EasyHandle {
    let curl: UnsafeMutableRawPointer
    private(set) var exchange: Exchange?
    /// Where the last exchange went.
    private(set) var host = ""

    private let clock: EngineClock
    private let hasProxy: Bool
    let errorText: UnsafeMutablePointer<CChar>
    var headerList: UnsafeMutablePointer<curl_slist>?
    /// What the list was made of; kept, so that no other array can lie where it does.
    var listedHeaders: [(name: String, value: String)] = []
    private var progress = Progress.connecting
    private var totalDeadline: Int64 = 0
    private var failure: HTTPError?
    /// The last address that the request may not be sent to.
    private var refusedAddress: String?

    private var head = HTTPResponseHead(status: 0)
    private var hasHead = false
    private var headerBytes = 0
    private var headerCount = 0
    private var body: [UInt8] = []
    private var bodyBytes = 0

    /// How far the exchange has come, and since when; times are those of the engine's clock.
    private enum Progress {
        case connecting
        case waiting(since: Int64)
        case receiving(since: Int64)
    }

    init(_ configuration: HTTPClient.Configuration, _ clock: EngineClock) throws(HTTPError) {
        guard let curl = curl_easy_init() else {
            throw HTTPError(.invalidRequest, "libcurl gave no handle", wasSent: false)
        }
        self.curl = curl
        self.clock = clock
        if case .url = configuration.proxy { hasProxy = true } else { hasProxy = false }
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        let code = setUp(configuration)
        guard code == CURLE_OK else {
            throw HTTPError(
                .invalidRequest,
                "libcurl refuses the client's configuration: \(String(cString: curl_easy_strerror(code)))",
                wasSent: false,
                curlCode: Int(code.rawValue)
            )
        }
    }

    deinit {
        curl_easy_cleanup(curl)
        curl_slist_free_all(headerList)
        errorText.deallocate()
    }

    /// The handle that a finished transfer belongs to; the engine keeps it alive.
    static func carried(by curl: UnsafeMutableRawPointer) -> EasyHandle? {
        var context: UnsafeMutableRawPointer?
        crew_easy_get_pointer(curl, CURLINFO_PRIVATE, &context)
        return context.map { Unmanaged<EasyHandle>.fromOpaque($0).takeUnretainedValue() }
    }

    // MARK: One transfer

    /// Takes up an exchange.
    ///
    /// - Parameters:
    ///   - host: Where it goes.
    ///   - deadline: When it is to be over, by the engine's clock.
    func prepare(for exchange: Exchange, of host: String, until deadline: Int64) throws(HTTPError) {
        self.exchange = exchange
        self.host = host
        errorText.pointee = 0
        failure = nil
        refusedAddress = nil
        hasHead = false
        headerBytes = 0
        headerCount = 0
        bodyBytes = 0
        progress = .connecting
        totalDeadline = deadline
        clock.expectDeadline(at: totalDeadline)

        let code = setUp(exchange.request)
        guard code == CURLE_OK else {
            throw HTTPError(
                .invalidRequest,
                "libcurl refuses the request to \(exchange.request.host): "
                    + String(cString: curl_easy_strerror(code)),
                wasSent: false,
                curlCode: Int(code.rawValue)
            )
        }
    }

    /// Lets go of an exchange, and with it of the body and the consumer's closures.
    func release() {
        exchange = nil
        head = HTTPResponseHead(status: 0)
        body = []
    }

    /// What the transfer came to, after libcurl ended it.
    func outcome(_ code: CURLcode) -> Outcome {
        if let failure { return .failure(failure) }
        guard code == CURLE_OK else { return .failure(error(code)) }
        guard hasHead else { return .failure(error(CURLE_WEIRD_SERVER_REPLY)) }
        return .success(HTTPResponse(head: head, body: body))
    }

    /// The moment at which the transfer is to be given up, and why.
    var deadline: (time: Int64, kind: HTTPTimeouts.Kind) {
        guard let timeouts = exchange?.request.timeouts else { return (totalDeadline, .total) }
        let (time, kind): (Int64, HTTPTimeouts.Kind) =
            switch progress {
            case .connecting: (.max, .connect)
            case .waiting(let start): (start + Int64(max(1, timeouts.firstByte)), .firstByte)
            case .receiving(let start): (start + Int64(max(1, timeouts.idle)), .idle)
            }
        return time < totalDeadline ? (time, kind) : (totalDeadline, .total)
    }

    private func error(_ code: CURLcode) -> HTTPError {
        if let refusedAddress, exchange?.wasSent != true { return refusal(of: refusedAddress) }
        var connectStatus = 0
        crew_easy_get_long(curl, CURLINFO_HTTP_CONNECTCODE, &connectStatus)
        var systemError = 0
        crew_easy_get_long(curl, CURLINFO_OS_ERRNO, &systemError)
        return CurlFailure(
            code: code,
            host: exchange?.request.host ?? "the server",
            detail: String(cString: errorText),
            wasSent: exchange?.wasSent ?? false,
            hasHead: hasHead,
            proxyStatus: connectStatus,
            hasProxy: hasProxy,
            systemError: systemError
        ).error
    }

    private func refusal(of address: String) -> HTTPError {
        let host = exchange?.request.host ?? "the server"
        return HTTPError(.refused, "\(host) leads to \(address), which may not be reached", wasSent: false)
    }

    // MARK: What libcurl reports, from within its callbacks

    /// A socket is about to be opened to the address that the host's name resolved to; false forbids it, and libcurl
    /// tries the next address, if there is one.
    func mayConnect(to address: UnsafeMutablePointer<curl_sockaddr>) -> Bool {
        guard let reach = exchange?.request.reach else { return false }
        if case .anywhere = reach { return true }
        // libcurl's structure goes on beyond what its type says, as long as the address is.
        let start = UnsafeRawPointer(address) + (MemoryLayout<curl_sockaddr>.offset(of: \.addr) ?? 0)
        let peer = IPAddress(start, length: Int(address.pointee.addrlen))
        guard reach.includes(peer) else {
            refusedAddress = peer?.description ?? "no address"
            return false
        }
        return true
    }

    /// A connection stands, perhaps one that another request left: it must lead where this one may go.
    func mayUse(connectionTo peer: UnsafePointer<CChar>?) -> Bool {
        guard let reach = exchange?.request.reach else { return false }
        if case .anywhere = reach { return true }
        let text = peer.map { String(cString: $0) } ?? "no address"
        guard reach.includes(IPAddress(text)) else {
            failure = refusal(of: text)
            return false
        }
        return true
    }

    /// A connection stands and the request is about to be written; false forbids it.
    func willSend() -> Bool {
        guard let exchange else { return false }
        // libcurl repeats a request when a reused connection turns out to be closed. The server may have acted upon
        // the first one, so that is for the caller to decide; RFC 9110, section 9.2.2.
        guard !exchange.wasSent || exchange.request.isIdempotent else {
            return fail(.interrupted, "\(exchange.request.host) closed the connection without an answer")
        }
        exchange.markSent()
        progress = .waiting(since: clock.now)
        clock.expectDeadline(at: deadline.time)
        return true
    }

    /// A line of the head, or of the trailers after the body; false ends the transfer.
    func receive(headerLine line: UnsafeRawBufferPointer) -> Bool {
        noteProgress()
        headerBytes += line.count
        headerCount += 1
        guard headerBytes <= 64 << 10, headerCount <= 256 + 2 else {
            return fail(.tooLarge, "the answer's headers are larger than 64 KiB or more than 256")
        }
        guard !hasHead else { return true }
        if let start = HTTPResponseHead(statusLine: line) {
            head = start
        } else if line.count <= 2, line.first.map({ $0 == 0x0D || $0 == 0x0A }) ?? true {
            // What comes before the final head, such as 103, is none.
            if head.status >= 200 { takeHead() }
        } else {
            head.headers.append(line: line)
        }
        return true
    }

    private func takeHead() {
        hasHead = true
        switch exchange?.sink {
        case .stream(let onHead, _):
            onHead(head)
        case .collect:
            var length: curl_off_t = 0
            crew_easy_get_offset(curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length)
            let limit = min(exchange?.request.maximumResponseBytes ?? 0, 1 << 20)
            if length > 0 { body.reserveCapacity(min(Int(clamping: length), limit)) }
        case nil:
            break
        }
    }

    /// A piece of the body; false ends the transfer.
    func receive(body bytes: UnsafeRawBufferPointer) -> Bool {
        noteProgress()
        guard let exchange, !exchange.isOver else { return false }
        bodyBytes += bytes.count
        guard bodyBytes <= exchange.request.maximumResponseBytes else {
            return fail(.tooLarge, "the answer is larger than \(exchange.request.maximumResponseBytes) bytes")
        }
        switch exchange.sink {
        case .collect:
            body.append(contentsOf: bytes)
            return true
        case .stream(_, let onBody):
            return onBody(bytes) || fail(.stoppedByConsumer, "the answer was not wanted to its end")
        }
    }

    private func noteProgress() {
        progress = .receiving(since: clock.now)
        clock.expectDeadline(at: deadline.time)
    }

    private func fail(_ code: HTTPError.Code, _ message: String) -> Bool {
        failure = HTTPError(code, message, wasSent: exchange?.wasSent ?? false)
        return false
    }
}
