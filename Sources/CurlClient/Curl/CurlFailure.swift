import CCurl

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What libcurl knows about a transfer that it gave up.
struct CurlFailure {
    var code: CURLcode
    var host: String
    /// libcurl's own text; may quote what the server sent, so only the TLS texts are passed on.
    var detail: String
    var wasSent: Bool
    var hasHead: Bool
    /// The status of the proxy's answer to CONNECT, or zero.
    var proxyStatus: Int
    /// Whether the request goes through a proxy that the configuration names.
    var hasProxy: Bool
    /// The `errno` of the failed connection, or zero.
    var systemError: Int

    var error: HTTPError {
        var error = HTTPError(kind, message, wasSent: wasSent, curlCode: Int(code.rawValue))
        if kind == .proxy, proxyRefused { error.proxyStatus = proxyStatus }
        return error
    }

    private var kind: HTTPError.Code {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST: .unresolved
        case CURLE_COULDNT_RESOLVE_PROXY, CURLE_PROXY: .proxy
        case CURLE_COULDNT_CONNECT: proxyRefused || hasProxy ? .proxy : .unreachable
        case CURLE_URL_MALFORMAT: .invalidRequest
        case CURLE_UNSUPPORTED_PROTOCOL: wasSent ? .protocolViolation : .invalidRequest
        case CURLE_OPERATION_TIMEDOUT: wasSent ? .interrupted : .timedOut(.connect)
        // One header line beyond libcurl's own bound fails as if memory had run out.
        case CURLE_OUT_OF_MEMORY where wasSent && !hasHead: .tooLarge
        case CURLE_SSL_CONNECT_ERROR where handshakeBroke: .unreachable
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM,
            CURLE_SSL_CIPHER, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_PINNEDPUBKEYNOTMATCH,
            CURLE_SSL_CRL_BADFILE, CURLE_USE_SSL_FAILED:
            .untrusted
        case CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE, CURLE_HTTP2,
            CURLE_HTTP2_STREAM:
            wasSent ? .interrupted : proxyRefused || hasProxy ? .proxy : .unreachable
        default:
            wasSent ? .protocolViolation : .unreachable
        }
    }

    private var proxyRefused: Bool {
        proxyStatus != 0 && !(200..<300).contains(proxyStatus)
    }

    /// Whether the connection ended during the handshake, which is an accident of the network and no matter of trust.
    ///
    /// libcurl tells it by its text alone.
    private var handshakeBroke: Bool {
        detail.contains("SSL_ERROR_SYSCALL") || detail.contains("Connection reset by peer")
    }

    private var message: String {
        let reason =
            if kind == .untrusted, !detail.isEmpty {
                detail
            } else if proxyRefused {
                "the proxy answered \(proxyStatus)"
            } else if !wasSent, systemError != 0, let text = strerror(CInt(truncatingIfNeeded: systemError)) {
                String(cString: text)
            } else {
                String(cString: curl_easy_strerror(code))
            }
        return "\(host): \(reason)"
    }
}

extension Exchange {
    /// The error of an exchange that the engine gives up because a part of it took too long.
    func timeout(_ kind: HTTPTimeouts.Kind) -> HTTPError {
        let timeouts = request.timeouts
        let host = request.host
        let message =
            switch kind {
            case .connect: "\(host): no connection within \(timeouts.connect) ms"
            case .firstByte: "\(host): no answer within \(timeouts.firstByte) ms"
            case .idle: "\(host): the answer paused for more than \(timeouts.idle) ms"
            case .total: "\(host): the answer was not complete within \(timeouts.total) ms"
            }
        return HTTPError(.timedOut(kind), message, wasSent: wasSent)
    }
}
