import CrewKit

/// Judges the libraries.
enum LibraryCheck {
    static func findings(_ libraries: Surroundings.Libraries) -> [Finding] {
        [curl(libraries), sqlite(libraries.sqlite)]
    }

    private static func curl(_ libraries: Surroundings.Libraries) -> Finding {
        guard let tls = libraries.tls else {
            return Finding(
                .problem,
                "libcurl",
                "\(libraries.curl) without TLS: no https endpoint can be reached",
                remedy: "install a libcurl with TLS: libcurl4-openssl-dev on Debian, curl from brew on macOS"
            )
        }
        let what = "\(libraries.curl), \(tls), \(libraries.speaksHTTP2 ? "HTTP/2" : "HTTP/1.1 only")"
        guard libraries.speaksHTTP2 else {
            return Finding(
                .hint,
                "libcurl",
                what,
                remedy: "with HTTP/2 many calls share a connection; install a libcurl built with nghttp2"
            )
        }
        return Finding(.good, "libcurl", what)
    }

    static func sqlite(_ version: String?) -> Finding {
        guard let version else {
            return Finding(.problem, "SQLite", "does not work", remedy: "install libsqlite3")
        }
        guard isSound(version) else {
            return Finding(
                .hint,
                "SQLite",
                "\(version) has a bug that can, very rarely, damage a database in WAL mode when two connections "
                    + "write or checkpoint at the same moment (https://sqlite.org/wal.html#walresetbug)",
                remedy: "update to SQLite 3.51.3 or later, 3.50.7 or 3.44.6; until then, run one crew process at a time"
            )
        }
        return Finding(.good, "SQLite", version)
    }

    /// Whether a version is 3.51.3 or later, or one of the older lines to which the fix was carried back.
    static func isSound(_ version: String) -> Bool {
        let numbers = version.split(separator: ".").compactMap { Int($0) }
        guard numbers.count >= 3 else { return false }
        let (major, minor, patch) = (numbers[0], numbers[1], numbers[2])
        if major > 3 { return true }
        guard major == 3 else { return false }
        switch minor {
        case 44: return patch >= 6
        case 50: return patch >= 7
        case 51: return patch >= 3
        default: return minor > 51
        }
    }
}
