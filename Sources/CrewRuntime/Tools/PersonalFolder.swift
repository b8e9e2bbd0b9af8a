#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Folders in which lies what a person has agreed to, and with what their stores are sealed
/// (https://specifications.freedesktop.org/basedir-spec/latest/).
package enum PersonalFolder: CaseIterable {
    case settings, state

    /// Its path in an environment; `nil` where that names neither the folder nor a home.
    package func path(in environment: [String: String]) -> String? {
        func absolute(_ variable: String) -> String? { environment[variable].flatMap { $0.hasPrefix("/") ? $0 : nil } }
        if let folder = absolute(variable) { return folder + "/crew" }
        return absolute("HOME").flatMap { $0 == "/" ? nil : "\($0)/\(conventional)/crew" }
    }

    /// Its path for the process.
    package var path: String? {
        var environment: [String: String] = [:]
        for name in [variable, "HOME"] { environment[name] = getenv(name).map { String(cString: $0) } }
        return path(in: environment)
    }

    private var variable: String {
        switch self {
        case .settings: "XDG_CONFIG_HOME"
        case .state: "XDG_STATE_HOME"
        }
    }

    private var conventional: String {
        switch self {
        case .settings: ".config"
        case .state: ".local/state"
        }
    }
}
