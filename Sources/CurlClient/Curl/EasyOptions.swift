import CCurl

/// Sets options of an easy handle and remembers the first refusal.
struct EasyOptions {
    private let curl: UnsafeMutableRawPointer
    private(set) var result = CURLE_OK

    init(_ curl: UnsafeMutableRawPointer) {
        self.curl = curl
    }

    mutating func check(_ code: CURLcode) {
        if result == CURLE_OK { result = code }
    }

    mutating func set(_ option: CURLoption, _ value: Int) {
        check(crew_easy_set_long(curl, option, value))
    }

    mutating func set(_ option: CURLoption, _ value: String) {
        check(crew_easy_set_string(curl, option, value))
    }

    mutating func set(_ option: CURLoption, _ value: UnsafeRawPointer) {
        check(crew_easy_set_pointer(curl, option, value))
    }

    mutating func clear(_ option: CURLoption) {
        check(crew_easy_set_string(curl, option, nil))
    }
}
