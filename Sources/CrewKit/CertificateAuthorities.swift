import CrewRuntime
import CurlClient

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Whose certificates are trusted: the system's, unless the environment names others as it does for curl's own program.
///
/// libcurl's library does not look at these variables by itself. Their order is the program's
/// (https://curl.se/docs/sslcerts.html): `CURL_CA_BUNDLE`, else `SSL_CERT_DIR` and `SSL_CERT_FILE`.
struct CertificateAuthorities {
    private(set) var file: String?
    private(set) var directory: String?
    /// What is wrong with what the environment names; only who speaks TLS need know.
    private(set) var problem: String?

    init(environment: [String: String]) {
        func path(_ variable: String, isRight: (String) -> String?) -> String? {
            guard let path = environment[variable], !path.isEmpty else { return nil }
            if let complaint = isRight(path) { problem = problem ?? "\(variable) names \(path), which \(complaint)" }
            return path
        }
        if let bundle = path("CURL_CA_BUNDLE", isRight: Self.complaint) {
            file = bundle
        } else {
            directory = path("SSL_CERT_DIR") { path in
                // Several folders are parted by colons; one that is there is enough.
                path.split(separator: ":").contains { Self.kind(String($0)) == S_IFDIR } ? nil : "is no folder"
            }
            file = path("SSL_CERT_FILE", isRight: Self.complaint)
        }
    }

    /// A client's configuration with these authorities.
    var configuration: HTTPClient.Configuration {
        HTTPClient.Configuration(
            certificateAuthorityFile: problem == nil ? file : nil,
            certificateAuthorityDirectory: problem == nil ? directory : nil
        )
    }

    /// Checks that an `https` endpoint can be trusted by what is named.
    ///
    /// - Parameters:
    ///   - url: The endpoint.
    ///   - own: The file that the crew names for it, which takes the place of the environment's.
    ///   - model: The model's name in the crew.
    func check(_ url: String, own: String?, model: String) throws(CrewError) {
        if let own {
            guard let complaint = Self.complaint(about: own) else { return }
            throw CrewError(
                .configuration,
                "the model \"\(model)\" trusts the certificates of \(own), which \(complaint)"
            )
        }
        guard let problem, url.lowercased().hasPrefix("https:") else { return }
        throw CrewError(.configuration, "no certificate can be checked: \(problem)")
    }

    /// Why a path is no file of certificates; a pipe would be waited for without end.
    private static func complaint(about path: String) -> String? {
        guard let kind = kind(path) else { return "is not there" }
        guard kind == S_IFREG else { return "is no file" }
        return access(path, R_OK) == 0 ? nil : "cannot be read"
    }

    private static func kind(_ path: String) -> mode_t? {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
    }
}
